// SPDX-License-Identifier: MIT
#include "ompq/allocation/random_plan.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "ompq/allocation/width_steps.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

class Draw {
 public:
  Draw(const AllocationProblem& problem, std::uint64_t seed)
      : problem_(problem), program_(to_choice_program(problem)), random_(seed) {
    for (const LayerOptions& layer : problem.layers) {
      chosen_.push_back(random_() % layer.options.size());
    }
  }

  BitPlan run() && {
    while (!is_feasible(program_, chosen_)) {
      OMPQ_CHECK(
          step_once(detail::Down),
          ErrorCode::Infeasible,
          "[allocation] no random plan keeps the budgets: the smallest widths "
          "do not");
    }
    while (step_once(detail::Up)) {
    }
    BitPlan plan;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      plan.layers.push_back(problem_.layers[i].options[chosen_[i]].bits);
    }
    return plan;
  }

 private:
  /// Moves a random layer that can; upwards only within the budgets.
  bool step_once(detail::Direction direction) {
    std::vector<std::size_t> order(chosen_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random_() % i]);
    }
    for (const std::size_t layer : order) {
      const auto next =
          detail::neighbour(problem_.layers[layer], chosen_[layer], direction);
      if (!next) {
        continue;
      }
      const std::size_t before = std::exchange(chosen_[layer], *next);
      if (direction == detail::Down || is_feasible(program_, chosen_)) {
        return true;
      }
      chosen_[layer] = before;
    }
    return false;
  }

  const AllocationProblem& problem_;
  ChoiceProgram program_;
  std::mt19937_64 random_;
  Chosen chosen_;
};

}  // namespace

BitPlan random_plan(const AllocationProblem& problem, std::uint64_t seed) {
  return Draw(problem, seed).run();
}

}  // namespace ompq
