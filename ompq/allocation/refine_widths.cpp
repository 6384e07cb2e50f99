// SPDX-License-Identifier: MIT
#include "ompq/allocation/refine_widths.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "ompq/allocation/integer_program.h"
#include "ompq/allocation/paired_change.h"
#include "ompq/allocation/width_steps.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Improvements below this part of the loss are noise of float32.
constexpr double kSmallestGain = 1e-4;
/// Times that combinations of steps are made smaller.
constexpr int kShrinks = 8;

using detail::Direction;
using detail::Down;
using detail::LayerGroup;
using detail::Up;

/// Infinite where a loss is not finite.
double mean_of(const std::vector<double>& losses) {
  const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) /
                      static_cast<double>(losses.size());
  return std::isfinite(mean) ? mean : kInfinity;
}

class Search {
 public:
  Search(
      const AllocationProblem& problem,
      const JointLoss& loss,
      const RefinementOptions& options,
      Observer& observer)
      : problem_(problem),
        loss_(loss),
        observer_(observer),
        end_(
            start_ + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(options.time_limit_s))),
        program_(to_choice_program(problem)),
        groups_(detail::step_groups(problem)),
        changes_(groups_.size()) {}

  Refinement run(const std::vector<BitPlan>& starts) {
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const Chosen chosen = indices_of(starts[i]);
      std::vector<double> losses = evaluate(chosen, chosen);
      if (i == 0) {
        result_.start_loss = mean_of(losses);
      }
      if (i == 0 || feared_change(losses) < 0.0) {
        best_ = chosen;
        best_losses_ = std::move(losses);
      }
      if (is_over()) {
        return finish(false);
      }
    }
    for (;;) {
      const bool is_complete = measure_changes();
      if (take_steps()) {
        continue;
      }
      if (is_over()) {
        return finish(false);
      }
      if (!is_stale_) {
        return finish(is_complete);
      }
      std::ranges::fill(changes_, Changes{});
      is_stale_ = false;
    }
  }

 private:
  /// What is to be feared that a step of a group changes of the loss; absent =
  /// not known.
  using Changes = std::array<std::optional<double>, 2>;

  [[nodiscard]] bool is_over() const { return Clock::now() >= end_; }

  [[nodiscard]] Chosen indices_of(const BitPlan& plan) const {
    Chosen chosen;
    for (std::size_t i = 0; i < problem_.layers.size(); ++i) {
      const auto& options = problem_.layers[i].options;
      const auto found =
          std::ranges::find_if(options, [&](const WidthOption& option) {
            return option.bits == plan.layers.at(i);
          });
      OMPQ_CHECK(
          found != options.end(),
          ErrorCode::InvalidArgument,
          "[allocation] layer '{}' cannot have the {} bits it starts with",
          problem_.layers[i].name,
          plan.layers.at(i).weight_bits);
      chosen.push_back(static_cast<std::size_t>(found - options.begin()));
    }
    return chosen;
  }

  [[nodiscard]] BitPlan plan_of(const Chosen& chosen) const {
    BitPlan plan;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      plan.layers.push_back(problem_.layers[i].options[chosen[i]].bits);
    }
    return plan;
  }

  std::vector<double> evaluate(const Chosen& chosen, const Chosen& near) {
    OMPQ_CHECK(
        !observer_.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    ++result_.evaluations;
    observer_.advance(std::chrono::duration_cast<std::chrono::milliseconds>(
                          Clock::now() - start_)
                          .count());
    return loss_(plan_of(chosen), plan_of(near));
  }

  [[nodiscard]] double feared_change(const std::vector<double>& losses) const {
    return paired_change(best_losses_, losses).feared();
  }

  [[nodiscard]] std::optional<std::size_t> neighbour(
      std::size_t layer, Direction direction) const {
    return detail::neighbour(problem_.layers[layer], best_[layer], direction);
  }

  /// The best plan with one group a step further, if all its layers can.
  [[nodiscard]] std::optional<Chosen> stepped(
      const LayerGroup& group, Direction direction) const {
    Chosen chosen = best_;
    for (const std::size_t layer : group) {
      const auto next = neighbour(layer, direction);
      if (!next) {
        return std::nullopt;
      }
      chosen[layer] = *next;
    }
    return chosen;
  }

  /// Measures the steps that are not known. Returns false if time ran out.
  bool measure_changes() {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      for (const Direction direction : {Down, Up}) {
        if (changes_[g][direction]) {
          continue;
        }
        if (is_over()) {
          return false;
        }
        const auto chosen = stepped(groups_[g], direction);
        changes_[g][direction] =
            chosen ? feared_change(evaluate(*chosen, best_)) : kInfinity;
      }
    }
    return true;
  }

  /// The combination of known steps that gains most, if each costs a penalty.
  [[nodiscard]] Chosen combination(double penalty) const {
    ChoiceProgram program = program_;
    std::vector<std::vector<std::size_t>> kept(program.classes.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const auto share = static_cast<double>(groups_[g].size());
      for (const std::size_t layer : groups_[g]) {
        const std::vector<Choice>& all = program_.classes[layer];
        std::vector<Choice>& choices = program.classes[layer];
        choices = {all[best_[layer]]};
        choices.front().value = 0.0;
        kept[layer] = {best_[layer]};
        for (const Direction direction : {Down, Up}) {
          const auto& change = changes_[g][direction];
          const auto next = neighbour(layer, direction);
          if (change && std::isfinite(*change) && next) {
            choices.push_back(all[*next]);
            choices.back().value = (-*change - penalty) / share;
            kept[layer].push_back(*next);
          }
        }
      }
    }
    const IntegerSolution solution = solve_choice_program(program);
    Chosen chosen = best_;
    for (std::size_t i = 0; i < solution.chosen.size(); ++i) {
      chosen[i] = kept[i][solution.chosen[i]];
    }
    return chosen;
  }

  [[nodiscard]] double largest_change() const {
    double largest = 0.0;
    for (const Changes& changes : changes_) {
      for (const auto& change : changes) {
        if (change && std::isfinite(*change)) {
          largest = std::max(largest, std::abs(*change));
        }
      }
    }
    return largest;
  }

  /// Takes the first combination that is better, from many steps to few.
  bool take_steps() {
    double penalty = 0.0;
    Chosen before = best_;
    for (int i = 0; i < kShrinks; ++i) {
      const Chosen chosen = combination(penalty);
      penalty = std::max(2.0 * penalty, largest_change() / (1 << kShrinks));
      if (chosen == best_) {
        return false;
      }
      if (chosen == before) {
        continue;
      }
      before = chosen;
      std::vector<double> losses = evaluate(chosen, best_);
      const double change = feared_change(losses);
      if (change < 0.0 && change <= -kSmallestGain * mean_of(best_losses_)) {
        accept(chosen, std::move(losses));
        return true;
      }
      if (is_over()) {
        return false;
      }
    }
    return false;
  }

  /// What was measured of layers that did not move is kept until it stops
  /// helping.
  void accept(const Chosen& chosen, std::vector<double> losses) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (chosen[groups_[g].front()] != best_[groups_[g].front()]) {
        changes_[g] = {};
      }
    }
    best_ = chosen;
    best_losses_ = std::move(losses);
    is_stale_ = true;
  }

  Refinement finish(bool is_local_optimum) {
    result_.plan = plan_of(best_);
    result_.loss = mean_of(best_losses_);
    result_.is_local_optimum = is_local_optimum;
    return result_;
  }

  const AllocationProblem& problem_;
  const JointLoss& loss_;
  Observer& observer_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point end_;
  ChoiceProgram program_;
  std::vector<LayerGroup> groups_;
  Chosen best_;
  std::vector<double> best_losses_;
  std::vector<Changes> changes_;
  /// True if some changes were measured at an earlier plan.
  bool is_stale_ = false;
  Refinement result_;
};

}  // namespace

Refinement refine_widths(
    const AllocationProblem& problem,
    const std::vector<BitPlan>& starts,
    const JointLoss& loss,
    const RefinementOptions& options,
    Observer& observer) {
  OMPQ_CHECK(
      !starts.empty(),
      ErrorCode::InvalidArgument,
      "[allocation] a refinement needs a plan to start with");
  return Search(problem, loss, options, observer).run(starts);
}

}  // namespace ompq
