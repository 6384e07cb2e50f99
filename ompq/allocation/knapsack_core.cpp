// SPDX-License-Identifier: MIT
#include "ompq/allocation/knapsack_core.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "ompq/allocation/choice_relaxation.h"

namespace ompq::detail {
namespace {

// Grid of the values: sums of a class range stay exact in 64 bits.
constexpr double kGrid = 1125899906842624.0;  // 2^50
// With more states than this, solutions equal to the best are not pursued.
constexpr std::size_t kManyStates = 100'000;

/// A choice as a change from the best choice of its class at the multiplier.
struct Move {
  std::size_t choice = 0;
  std::int64_t cost = 0;
  std::int64_t value = 0;
};

/// A class that may differ from its best choice.
struct CoreClass {
  std::size_t index = 0;
  double smallest_loss = 0.0;
  std::vector<Move> moves;
};

struct State {
  std::int64_t cost = 0;
  std::int64_t value = 0;
  std::uint32_t parent = 0;
  std::uint32_t choice = 0;
};

bool comes_before(const State& a, const State& b) {
  return a.cost != b.cost ? a.cost < b.cost : a.value > b.value;
}

class KnapsackCore {
 public:
  KnapsackCore(const ChoiceProgram& program, double price, const Chosen& start)
      : program_(program),
        price_(price),
        base_(best_at_prices(program, {price})),
        best_(start),
        slack_(program.limits[0] - costs_of(program, base_)[0]) {
    collect_classes(start);
    for (std::size_t i = 0; i < start.size(); ++i) {
      best_value_ += to_grid(
          program.classes[i][start[i]].value -
          program.classes[i][base_[i]].value);
    }
    best_cost_ = costs_of(program, start)[0] - costs_of(program, base_)[0];
  }

  /// False if the states became too many.
  bool solve(std::size_t max_states) {
    stages_.push_back({State{}});
    std::size_t kept = 1;
    offer_best(0);
    for (std::size_t stage = 0; stage < classes_.size(); ++stage) {
      stages_.push_back(next_states(stage));
      kept += stages_.back().size();
      if (kept > max_states) {
        return false;
      }
      offer_best(stage + 1);
    }
    return true;
  }

  [[nodiscard]] const Chosen& best() const { return best_; }

 private:
  [[nodiscard]] std::int64_t to_grid(double value) const {
    return std::llround(value * scale_);
  }

  [[nodiscard]] double loss(std::size_t i, std::size_t o) const {
    const std::vector<double> prices{price_};
    return reduced_value(program_.classes[i][base_[i]], prices) -
           reduced_value(program_.classes[i][o], prices);
  }

  void collect_classes(const Chosen& start) {
    const double bound = lagrangian_bound(program_, {price_});
    const double value = value_of(program_, start);
    const double gap =
        bound - value + kBoundMargin * (std::abs(bound) + std::abs(value));
    double range = 0.0;
    for (std::size_t i = 0; i < program_.classes.size(); ++i) {
      const std::vector<Choice>& choices = program_.classes[i];
      CoreClass core{.index = i, .smallest_loss = gap};
      double largest = 0.0;
      for (std::size_t o = 0; o < choices.size(); ++o) {
        if (o != base_[i] && loss(i, o) <= gap) {
          core.moves.push_back({.choice = o});
          core.smallest_loss = std::min(core.smallest_loss, loss(i, o));
          largest = std::max(
              largest, std::abs(choices[o].value - choices[base_[i]].value));
        }
      }
      range += largest;
      if (!core.moves.empty()) {
        classes_.push_back(std::move(core));
      }
    }
    scale_ = range > 0.0 && std::isfinite(kGrid / range) ? kGrid / range : 1.0;
    std::stable_sort(
        classes_.begin(), classes_.end(), [](const auto& a, const auto& b) {
          return a.smallest_loss < b.smallest_loss;
        });
    finish_classes();
  }

  /// Puts the moves on the grid and prepares the bounds of what is to come.
  void finish_classes() {
    grid_price_ = price_ * scale_;
    cheapest_left_.assign(classes_.size() + 1, 0);
    bound_ = grid_price_ * static_cast<double>(slack_);
    for (std::size_t c = classes_.size(); c-- > 0;) {
      CoreClass& core = classes_[c];
      const std::vector<Choice>& choices = program_.classes[core.index];
      const Choice& base = choices[base_[core.index]];
      core.moves.insert(core.moves.begin(), {.choice = base_[core.index]});
      double excess = 0.0;
      std::int64_t cheapest = 0;
      for (Move& move : core.moves) {
        move.cost = choices[move.choice].costs[0] - base.costs[0];
        move.value = to_grid(choices[move.choice].value - base.value);
        cheapest = std::min(cheapest, move.cost);
        excess = std::max(excess, -grid_loss(move.cost, move.value));
      }
      // Rounding may lift a move a little above the best choice.
      bound_ += excess;
      cheapest_left_[c] = cheapest_left_[c + 1] + cheapest;
    }
  }

  [[nodiscard]] double grid_loss(std::int64_t cost, std::int64_t value) const {
    return grid_price_ * static_cast<double>(cost) - static_cast<double>(value);
  }

  [[nodiscard]] bool may_win(
      const State& state, std::size_t stage, bool seeks_equal) const {
    if (state.cost + cheapest_left_[stage] > slack_) {
      return false;
    }
    const double reach = bound_ - grid_loss(state.cost, state.value);
    // What is left unused costs the multiplier: an equal value at a smaller
    // cost needs a reach that is higher by that much.
    const double for_equal =
        grid_price_ * static_cast<double>(slack_ - best_cost_ + 1) - 1.0;
    return reach >= static_cast<double>(best_value_) +
                        (seeks_equal ? std::min(1.0, for_equal) : 1.0);
  }

  std::vector<State> next_states(std::size_t stage) {
    const std::vector<State>& states = stages_[stage];
    const bool seeks_equal = states.size() < kManyStates;
    std::vector<State> merged;
    for (const Move& move : classes_[stage].moves) {
      std::vector<State> moved;
      for (std::size_t s = 0; s < states.size(); ++s) {
        const State state{
            .cost = states[s].cost + move.cost,
            .value = states[s].value + move.value,
            .parent = static_cast<std::uint32_t>(s),
            .choice = static_cast<std::uint32_t>(move.choice)};
        if (may_win(state, stage + 1, seeks_equal)) {
          moved.push_back(state);
        }
      }
      std::vector<State> both;
      both.reserve(merged.size() + moved.size());
      std::merge(
          merged.begin(),
          merged.end(),
          moved.begin(),
          moved.end(),
          std::back_inserter(both),
          comes_before);
      merged = std::move(both);
    }
    return without_dominated(std::move(merged));
  }

  static std::vector<State> without_dominated(std::vector<State> states) {
    std::int64_t best = std::numeric_limits<std::int64_t>::min();
    std::erase_if(states, [&best](const State& state) {
      const bool is_worse = state.value <= best;
      best = std::max(best, state.value);
      return is_worse;
    });
    return states;
  }

  /// Takes the best state of a stage, completed by best choices, if it wins.
  void offer_best(std::size_t stage) {
    const std::vector<State>& states = stages_[stage];
    // Sorted by cost with rising value: the last that fits is the best.
    const auto end = std::partition_point(
        states.begin(), states.end(), [this](const State& state) {
          return state.cost <= slack_;
        });
    if (end == states.begin()) {
      return;
    }
    const State& last = *std::prev(end);
    if (last.value > best_value_ ||
        (last.value == best_value_ && last.cost < best_cost_)) {
      best_value_ = last.value;
      best_cost_ = last.cost;
      best_ = trace(
          stage, static_cast<std::size_t>(std::prev(end) - states.begin()));
    }
  }

  [[nodiscard]] Chosen trace(std::size_t stage, std::size_t position) const {
    Chosen chosen = base_;
    for (; stage > 0; --stage) {
      const State& state = stages_[stage][position];
      chosen[classes_[stage - 1].index] = state.choice;
      position = state.parent;
    }
    return chosen;
  }

  const ChoiceProgram& program_;
  double price_;
  Chosen base_;
  Chosen best_;
  std::int64_t slack_;
  std::vector<CoreClass> classes_;
  double scale_ = 1.0;
  double grid_price_ = 0.0;
  double bound_ = 0.0;
  std::vector<std::int64_t> cheapest_left_;
  std::int64_t best_value_ = 0;
  std::int64_t best_cost_ = 0;
  std::vector<std::vector<State>> stages_;
};

}  // namespace

std::optional<Chosen> solve_knapsack_core(
    const ChoiceProgram& program,
    double price,
    const Chosen& start,
    const KnapsackCoreOptions& options) {
  KnapsackCore core(program, price, start);
  if (!core.solve(options.max_states)) {
    return std::nullopt;
  }
  return core.best();
}

}  // namespace ompq::detail
