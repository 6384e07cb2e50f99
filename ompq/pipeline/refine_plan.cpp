// SPDX-License-Identifier: MIT
#include "ompq/pipeline/refine_plan.h"

#include "ompq/allocation/refine_widths.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/sensitivity/plan_divergence.h"
#include "ompq/sensitivity/rounded_network.h"

namespace ompq {
namespace {

/// The weight widths that each layer may have.
std::vector<std::vector<int>> widths_of(const AllocationProblem& problem) {
  std::vector<std::vector<int>> result;
  for (const LayerOptions& layer : problem.layers) {
    std::vector<int>& widths = result.emplace_back();
    for (const WidthOption& option : layer.options) {
      if (widths.empty() || widths.back() != option.bits.weight_bits) {
        widths.push_back(option.bits.weight_bits);
      }
    }
  }
  return result;
}

/// Steps of the stage: it takes the time that it is given.
constexpr double kMilliseconds = 1000.0;

}  // namespace

Plan refine_plan(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const WidthAllocator& allocator,
    const Plan& plan,
    const SearchOptions& options,
    Observer& observer) {
  const SerialBlas serial_blas;
  const Stopwatch stopwatch;
  observer.begin_stage(
      "refinement",
      static_cast<std::int64_t>(kMilliseconds * options.refine_s));
  const AllocationProblem problem = allocator.problem();
  const RoundedNetwork rounded(
      model, micro_batches, widths_of(problem), options.grids, observer);
  PlanDivergence divergence(rounded, micro_batches);
  std::vector<BitPlan> starts{bit_plan(plan)};
  for (BitPlan& flatter : allocator.flatter_plans()) {
    starts.push_back(std::move(flatter));
  }
  const Refinement refinement = refine_widths(
      problem,
      starts,
      [&](const BitPlan& widths, const BitPlan& near) {
        return divergence.of_each(weight_widths(widths), weight_widths(near));
      },
      {.time_limit_s = options.refine_s},
      observer);
  // A plan that stays keeps its proof.
  Plan refined = refinement.plan == starts.front()
                     ? plan
                     : allocator.with_widths(
                           plan, refinement.plan, "refined by divergence");
  Json note = Json::object();
  note["divergence_before"] = refinement.start_loss;
  note["divergence"] = refinement.loss;
  note["evaluations"] = refinement.evaluations;
  note["is_local_optimum"] = refinement.is_local_optimum;
  refined.settings["refinement"] = std::move(note);
  observer.end_stage(stopwatch.seconds());
  return refined;
}

}  // namespace ompq
