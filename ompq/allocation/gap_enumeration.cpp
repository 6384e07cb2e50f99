// SPDX-License-Identifier: MIT
#include "ompq/allocation/gap_enumeration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "ompq/allocation/choice_relaxation.h"

namespace ompq::detail {
namespace {

// The first pass looks at this part of the known gap; each pass widens it.
constexpr double kFirstPart = 1.0 / 32.0;
constexpr double kWiden = 1.5;

/// A choice other than the best of its class at the multipliers.
struct Deviation {
  double loss = 0.0;
  double value = 0.0;
  std::size_t index = 0;
  std::size_t choice = 0;
};

class Enumeration {
 public:
  Enumeration(
      const ChoiceProgram& program,
      const std::vector<double>& prices,
      const Chosen& start,
      std::int64_t max_nodes)
      : program_(program),
        budgets_(program.budgets()),
        base_(best_at_prices(program, prices)),
        nodes_left_(max_nodes),
        is_used_(program.classes.size(), false),
        best_(start),
        bound_(lagrangian_bound(program, prices)) {
    const double value = value_of(program, start);
    base_value_ = value_of(program, base_);
    best_gain_ = value - base_value_;
    margin_ = kBoundMargin * (std::abs(bound_) + std::abs(value));
    known_gap_ = bound_ - value + margin_;
    collect(prices);
    costs_.assign((program.classes.size() + 1) * budgets_, 0);
    const std::vector<std::int64_t> base_costs = costs_of(program, base_);
    for (std::size_t k = 0; k < budgets_; ++k) {
      costs_[k] = base_costs[k] - program.limits[k];
    }
  }

  GapEnumeration run() {
    double proved = 0.0;
    for (double part = kFirstPart; nodes_left_ > 0; part *= kWiden) {
      gap_ = std::min(known_gap_ * part, known_gap_);
      const double tried = gap_;
      has_found_ = part >= 1.0;
      visit(0, 0.0, 0.0, 0);
      if (nodes_left_ <= 0) {
        break;
      }
      if (has_found_) {
        return {
            .chosen = best_,
            .is_optimal = true,
            .bound = base_value_ + best_gain_};
      }
      proved = tried;
    }
    return {.chosen = best_, .is_optimal = false, .bound = bound_ - proved};
  }

 private:
  void collect(const std::vector<double>& prices) {
    for (std::size_t i = 0; i < program_.classes.size(); ++i) {
      const std::vector<Choice>& choices = program_.classes[i];
      const Choice& base = choices[base_[i]];
      const double best = reduced_value(base, prices);
      for (std::size_t o = 0; o < choices.size(); ++o) {
        const double loss =
            std::max(0.0, best - reduced_value(choices[o], prices));
        if (o != base_[i] && loss <= known_gap_) {
          deviations_.push_back(
              {.loss = loss,
               .value = choices[o].value - base.value,
               .index = i,
               .choice = o});
        }
      }
    }
    std::stable_sort(
        deviations_.begin(), deviations_.end(), [](auto& a, auto& b) {
          return a.loss < b.loss;
        });
    collect_costs();
  }

  /// Changes of cost, and the least loss per unit of relief from each position
  /// on.
  void collect_costs() {
    changes_.resize(deviations_.size() * budgets_);
    loss_per_relief_.assign(
        (deviations_.size() + 1) * budgets_,
        std::numeric_limits<double>::infinity());
    for (std::size_t d = deviations_.size(); d-- > 0;) {
      const Deviation& deviation = deviations_[d];
      const std::vector<Choice>& choices = program_.classes[deviation.index];
      for (std::size_t k = 0; k < budgets_; ++k) {
        const std::int64_t change = choices[deviation.choice].costs[k] -
                                    choices[base_[deviation.index]].costs[k];
        changes_[d * budgets_ + k] = change;
        double ratio = loss_per_relief_[(d + 1) * budgets_ + k];
        if (change < 0) {
          ratio =
              std::min(ratio, deviation.loss / -static_cast<double>(change));
        }
        loss_per_relief_[d * budgets_ + k] = ratio;
      }
    }
  }

  /// Looks at the base with the deviations taken so far, then at all that take
  /// one more from position `first` on.
  void visit(std::size_t first, double loss, double gain, std::size_t depth) {
    --nodes_left_;
    const std::int64_t* excess = &costs_[depth * budgets_];
    const double* ratios = &loss_per_relief_[first * budgets_];
    bool fits = true;
    for (std::size_t k = 0; k < budgets_; ++k) {
      if (excess[k] > 0) {
        fits = false;
        const double needed = static_cast<double>(excess[k]) * ratios[k];
        if (loss + needed > gap_) {
          return;
        }
      }
    }
    if (fits && gain > best_gain_) {
      take(gain);
    }
    for (std::size_t d = first;
         d < deviations_.size() && loss + deviations_[d].loss <= gap_ &&
         nodes_left_ > 0;
         ++d) {
      const Deviation& next = deviations_[d];
      if (is_used_[next.index]) {
        continue;
      }
      for (std::size_t k = 0; k < budgets_; ++k) {
        costs_[(depth + 1) * budgets_ + k] =
            costs_[depth * budgets_ + k] + changes_[d * budgets_ + k];
      }
      is_used_[next.index] = true;
      path_.push_back(d);
      visit(d + 1, loss + next.loss, gain + next.value, depth + 1);
      path_.pop_back();
      is_used_[next.index] = false;
    }
  }

  void take(double gain) {
    best_ = base_;
    for (const std::size_t d : path_) {
      best_[deviations_[d].index] = deviations_[d].choice;
    }
    best_gain_ = gain;
    known_gap_ = bound_ - base_value_ - gain + margin_;
    // A pass that sees every solution within its gap has proved the best one
    // there; one beyond it only narrows the next passes.
    if (known_gap_ <= gap_) {
      gap_ = known_gap_;
      has_found_ = true;
    }
  }

  const ChoiceProgram& program_;
  std::size_t budgets_;
  Chosen base_;
  std::int64_t nodes_left_;
  std::vector<bool> is_used_;
  Chosen best_;
  double bound_;
  double base_value_ = 0.0;
  double best_gain_ = 0.0;
  double margin_ = 0.0;
  double known_gap_ = 0.0;
  double gap_ = 0.0;
  bool has_found_ = false;
  std::vector<Deviation> deviations_;
  std::vector<std::int64_t> changes_;
  std::vector<double> loss_per_relief_;
  /// Excess over each budget at each depth.
  std::vector<std::int64_t> costs_;
  std::vector<std::size_t> path_;
};

}  // namespace

GapEnumeration enumerate_gap(
    const ChoiceProgram& program,
    const std::vector<double>& prices,
    const Chosen& start,
    const GapEnumerationOptions& options) {
  return Enumeration(program, prices, start, options.max_nodes).run();
}

}  // namespace ompq::detail
