// SPDX-License-Identifier: MIT
//
// Coefficients and optima of a reference implementation on three networks: beta
// 0.1 to 10, widths 2-4, 2-8 and 4-8. Its solvers work with absolute tolerances
// on coefficients as small as 1e-140, so that some of its "optima" are not:
// those are recognised by an improvement that fits the budget, and must be
// beaten instead of met.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/allocation/allocate.h"
#include "ompq/allocation/importance.h"
#include "ompq/core/json_file.h"

#include "tests/support/shared_files.h"

namespace ompq {
namespace {

constexpr double kCoefficientTolerance = 1e-9;
constexpr double kRelative = 1e-6;

struct Case {
  LayerTable layers;
  std::vector<double> coefficients;
  WidthRules widths;
  double budget_bits = 0.0;
};

Case read_case(const Json& golden, const Json& search) {
  Case result;
  const std::vector<std::string> names = golden["layers"];
  const std::vector<std::int64_t> weights = golden["weights"];
  for (std::size_t i = 0; i < names.size(); ++i) {
    result.layers.push_back(Layer{.name = names[i], .weights = weights[i]});
  }
  result.coefficients = search["coefficients"].get<std::vector<double>>();
  result.widths.first_last_bits = std::nullopt;
  result.widths.weight_bits.clear();
  for (int b = search["bits"][0]; b <= search["bits"][1]; ++b) {
    result.widths.weight_bits.push_back(b);
  }
  for (const auto& fixed : search["fixed"].items()) {
    result.widths.pins[names.at(std::stoul(fixed.key()))] = fixed.value();
  }
  result.budget_bits = search["budget_bits"];
  return result;
}

/// True if a solution can be made better: a layer raised within the budget, or
/// bits moved to a layer with more gain per weight.
bool can_be_improved(
    const Case& given, const std::vector<double>& bits, double step) {
  const double low = given.widths.weight_bits.front();
  const double high = given.widths.weight_bits.back();
  double left = given.budget_bits;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    left -= bits[i] * static_cast<double>(given.layers[i].weights);
  }
  const auto is_free = [&](std::size_t i) {
    return !given.widths.pins.contains(given.layers[i].name);
  };
  const auto gain = [&](std::size_t i) {
    return given.coefficients[i] / static_cast<double>(given.layers[i].weights);
  };
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (!is_free(i) || bits[i] + step > high) {
      continue;
    }
    if (step * static_cast<double>(given.layers[i].weights) <= left) {
      return true;
    }
    for (std::size_t j = 0; j < bits.size() && step < 1.0; ++j) {
      if (is_free(j) && bits[j] - step >= low &&
          gain(i) > gain(j) * (1.0 + kRelative)) {
        return true;
      }
    }
  }
  return false;
}

void expect_optimum(double ours, double golden, bool golden_can_be_improved) {
  if (golden_can_be_improved) {
    EXPECT_GT(ours, golden);
  } else {
    EXPECT_NEAR(ours, golden, kRelative * golden);
  }
}

class GoldenAllocation : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenAllocation, HasTheReferenceCoefficientsAndOptima) {
  const std::string name = std::string("golden/") + GetParam();
  OMPQ_NEEDS_SHARED(name);
  const Json golden = read_json(shared_folder() / name);
  int met = 0;
  int cases = 0;
  for (const auto& orm : golden["orm"].items()) {
    const std::vector<double> gamma = orm.value()["gamma"];
    for (const Json& search : orm.value()["search"]) {
      SCOPED_TRACE(
          orm.key() + " beta " + search["beta"].dump() + " bits " +
          search["bits"].dump());
      const Case given = read_case(golden, search);
      const Importance ours = importance(gamma, {.beta = search["beta"]});
      for (std::size_t i = 0; i < gamma.size(); ++i) {
        EXPECT_NEAR(
            ours.coefficients[i],
            given.coefficients[i],
            kCoefficientTolerance * given.coefficients[i]);
      }
      const AllocationProblem problem = make_problem(
          given.layers,
          linear_value(given.coefficients),
          {.widths = given.widths,
           .budgets = {
               {.kind = BudgetKind::Payload,
                .limit = given.budget_bits / 8.0}}});

      const ContinuousAllocation linear =
          allocate_continuous(problem, given.coefficients);
      const Allocation integer = allocate(problem);

      EXPECT_LE(
          plan_totals(given.layers, integer.plan).payload_bits,
          given.budget_bits);
      EXPECT_EQ(integer.solver.status, "optimal");
      EXPECT_LE(integer.solver.objective, linear.objective * (1.0 + kRelative));
      expect_optimum(
          linear.objective,
          search["lp_objective"],
          can_be_improved(given, search["lp_solution"], 1e-3));
      const bool is_suboptimal =
          can_be_improved(given, search["ilp_solution"], 1.0);
      expect_optimum(
          integer.solver.objective, search["ilp_objective"], is_suboptimal);
      met += is_suboptimal ? 0 : 1;
      ++cases;
    }
  }
  RecordProperty("met", met);
  // If hardly any were an optimum, the comparison would say little.
  EXPECT_GE(4 * met, cases);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    GoldenAllocation,
    ::testing::Values(
        "resnet20.json", "mobilenetv2.json", "squeezenet11.json"));

}  // namespace
}  // namespace ompq
