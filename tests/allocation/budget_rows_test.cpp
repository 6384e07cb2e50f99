// SPDX-License-Identifier: MIT
//
// Budgets that are several sums, of which the largest counts.
#include "ompq/allocation/budget_rows.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/allocation/allocate.h"
#include "ompq/allocation/feasibility.h"
#include "ompq/core/error.h"

#include "tests/allocation/six_layers.h"

namespace ompq {
namespace {

using testing::error_of;
using testing::kCoefficients;
using testing::layers;

using ::testing::AllOf;
using ::testing::HasSubstr;

AllocationProblem problem_with(const ProblemOptions& options) {
  return make_problem(layers(), linear_value(kCoefficients), options);
}

Error error_of(const ProblemOptions& options) {
  return error_of([&] { static_cast<void>(allocate(problem_with(options))); });
}

/// Rows for kinds that need some: one grows with even layers, one with odd
/// ones.
std::vector<CostRow> two_rows() {
  const auto row = [](std::size_t parity) {
    return CostRow{
        .place = parity == 0 ? "even" : "odd",
        .fixed = 1000,
        .cost = [parity](std::size_t layer, const LayerBits& bits) {
          return layer % 2 == parity ? std::int64_t{100} * bits.weight_bits
                                     : std::int64_t{1};
        }};
  };
  return {row(0), row(1)};
}

TEST(BudgetRows, AreAllKept) {
  ProblemOptions options{
      .widths = {.first_last_bits = std::nullopt},
      .budgets = {
          {.kind = BudgetKind::ActivationMemory, .limit = 350.0},
          {.kind = BudgetKind::AverageBits, .limit = 7.9}}};
  options.rows[BudgetKind::ActivationMemory] = two_rows();

  const Allocation found = allocate(problem_with(options));

  EXPECT_EQ(found.solver.status, "optimal");
  EXPECT_EQ(found.shadow_prices.size(), 2U);
  const std::vector<double> used =
      used_of_budgets(layers(), options, found.plan);
  EXPECT_LE(used[0], 350.0);
  for (const std::size_t parity : {0U, 1U}) {
    std::int64_t bits = 0;
    for (std::size_t i = parity; i < 6; i += 2) {
      bits += found.plan.layers[i].weight_bits;
    }
    // 1,000 + 3 + 100 bits <= 8 x 350
    EXPECT_LE(bits, 17);
    EXPECT_GE(bits, 16);
  }
}

TEST(BudgetRows, AreLeftOutWhereNoPlanExceedsThem) {
  ProblemOptions options{
      .budgets = {{.kind = BudgetKind::ActivationMemory, .limit = 1e9}}};
  options.rows[BudgetKind::ActivationMemory] = two_rows();
  EXPECT_EQ(problem_with(options).budgets.size(), 1U);
  options.budgets[0].limit = 300;
  EXPECT_EQ(problem_with(options).budgets.size(), 2U);
}

TEST(BudgetRows, AreNamedOnceInAContradiction) {
  ProblemOptions options{
      .widths = {.first_last_bits = std::nullopt},
      .budgets = {
          {.kind = BudgetKind::ActivationMemory, .limit = 210.0},
          {.kind = BudgetKind::Latency, .limit = 40e-12}}};
  options.rows[BudgetKind::ActivationMemory] = two_rows();
  // Fast only where wide.
  options.rows[BudgetKind::Latency] = {
      {.place = {}, .fixed = 0, .cost = [](std::size_t, const LayerBits& bits) {
         return std::int64_t{10 - bits.weight_bits};
       }}};

  const Error error = error_of(options);

  EXPECT_EQ(error.code(), ErrorCode::Infeasible);
  const std::string text = error.what();
  EXPECT_THAT(text, AllOf(HasSubstr("latency"), HasSubstr("activation_mem")));
  EXPECT_EQ(
      text.find("activation_memory of"), text.rfind("activation_memory of"));
}

TEST(BudgetRows, GiveASmallestBudgetThatIsFeasibleForEveryKind) {
  for (const BudgetKind kind : kBudgetKinds) {
    ProblemOptions options{.budgets = {{.kind = kind, .limit = 1e-9}}};
    options.rows[kind] = two_rows();
    EXPECT_EQ(error_of(options).code(), ErrorCode::Infeasible);
    options.budgets[0].limit = smallest_feasible(problem_with(options), 0);
    EXPECT_EQ(allocate(problem_with(options)).solver.status, "optimal");
  }
}

TEST(BudgetRows, AreNeededByKindsThatTheLayerTableDoesNotTell) {
  const Error error = error_of(
      ProblemOptions{.budgets = {{.kind = BudgetKind::Latency, .limit = 1.0}}});
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.what(), HasSubstr("latency"));
}

}  // namespace
}  // namespace ompq
