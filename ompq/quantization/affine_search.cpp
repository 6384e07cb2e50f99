// SPDX-License-Identifier: MIT
#include "ompq/quantization/affine_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "ompq/quantization/search_density.h"

namespace ompq::detail {
namespace {

struct Scored {
  AffineParameters parameters;
  double loss = 0.0;
};

bool is_better(const Scored& a, const Scored& b) {
  return a.loss < b.loss;
}

/// All zero points that may be the best for some scale.
ZeroPointWindow zero_point_limits(const AffineProblem& problem) {
  const bool is_two_sided = problem.range.low < 0.0 && problem.range.high > 0.0;
  if (is_two_sided && !problem.is_symmetric) {
    return {.first = problem.grid.lowest(), .last = problem.grid.highest()};
  }
  return zero_point_window(
      problem.range, problem.grid, 1.0, problem.is_symmetric);
}

class AffineSearch {
 public:
  explicit AffineSearch(const AffineProblem& problem)
      : problem_(problem),
        limits_(zero_point_limits(problem)),
        density_(search_density(problem, limits_.first == limits_.last)) {}

  AffineParameters run() {
    std::vector<Scored> coarse = scan_scales();
    keep_promising(coarse);
    std::vector<Scored> fine;
    for (Scored& middle : coarse) {
      if (density_.settles_late) {
        middle = settle_zero_point(middle, reach_);
      }
      const std::vector<Scored> found = valleys_of(scan_region(middle));
      fine.insert(fine.end(), found.begin(), found.end());
    }
    keep_best(fine, density_.refined);
    Scored best = score(
        holding_grid(problem_.range, problem_.grid, problem_.is_symmetric));
    for (const Scored& start : fine) {
      best = std::min(best, refine(start), is_better);
    }
    return best.parameters;
  }

 private:
  void add_candidate(double scale, double zero_point) {
    const double on_grid = std::clamp(
        std::round(zero_point),
        static_cast<double>(limits_.first),
        static_cast<double>(limits_.last));
    const AffineParameters candidate{
        .scale = to_scale(scale),
        .zero_point = static_cast<std::int32_t>(on_grid)};
    if (candidates_.empty() || candidates_.back() != candidate) {
      candidates_.push_back(candidate);
    }
  }

  /// The best of the candidates, which are forgotten.
  Scored take_best() {
    losses_.resize(candidates_.size());
    grid_losses(
        problem_.numbers, problem_.grid, problem_.power, candidates_, losses_);
    const auto least = std::min_element(losses_.begin(), losses_.end());
    const Scored best{
        .parameters = candidates_[static_cast<std::size_t>(
            std::distance(losses_.begin(), least))],
        .loss = *least};
    candidates_.clear();
    return best;
  }

  Scored score(const AffineParameters& parameters) {
    candidates_.push_back(parameters);
    return take_best();
  }

  /// Scales between which the best one lies: from one that makes the grid half
  /// as large as the average number to twice the smallest one that holds all.
  /// Numbers on some grid of m <= steps steps have a divisor of its scale
  /// between these two.
  [[nodiscard]] std::pair<double, double> scale_limits() const {
    const WeightedNumbers& numbers = problem_.numbers;
    double sum = 0.0;
    for (std::int64_t i = 0; i < numbers.size(); ++i) {
      const float* weights = numbers.weights();
      sum += (weights == nullptr ? 1.0 : static_cast<double>(weights[i])) *
             std::abs(static_cast<double>(numbers.numbers()[i]));
    }
    const double steps = problem_.grid.steps();
    const double size = problem_.range.high - problem_.range.low;
    const double mean =
        numbers.weight_sum() > 0.0 ? sum / numbers.weight_sum() : size;
    const AffineParameters holding =
        holding_grid(problem_.range, problem_.grid, problem_.is_symmetric);
    const double largest = density_.widest * static_cast<double>(holding.scale);
    const double least = std::max(0.5 * mean, 1e-4 * size) / steps;
    return {std::min(least, 0.5 * largest), largest};
  }

  std::vector<Scored> scan_scales() {
    const auto [least, largest] = scale_limits();
    std::vector<Scored> best;
    double least_loss = std::numeric_limits<double>::infinity();
    for (double scale = largest; scale > least; scale /= density_.ratio) {
      const ZeroPointWindow window = zero_point_window(
          problem_.range, problem_.grid, scale, problem_.is_symmetric);
      const double size = window.last - window.first;
      const double step = std::max(1.0, size / (density_.zero_points - 1));
      for (double offset = 0.0; offset < size + 0.5 * step; offset += step) {
        add_candidate(scale, window.first + offset);
      }
      Scored valley = take_best();
      reach_ = std::ceil(step / 2.0);
      if (step > 1.0 && !density_.settles_late) {
        valley = settle_zero_point(valley, reach_);
      }
      best.push_back(valley);
      least_loss = std::min(least_loss, valley.loss);
      // Numbers outside the grid alone cost more than the best loss, and more
      // of them will be outside: a smaller grid lies inside this one.
      const double rounding = problem_.numbers.weight_sum() *
                              std::pow(0.5 * scale, problem_.power.power());
      if (valley.loss > least_loss + rounding) {
        break;
      }
    }
    return best;
  }

  /// Those that no neighbour is better than.
  static std::vector<Scored> valleys_of(const std::vector<Scored>& scored) {
    std::vector<Scored> valleys;
    for (std::size_t i = 0; i < scored.size(); ++i) {
      const bool before = i == 0 || scored[i].loss <= scored[i - 1].loss;
      const bool after =
          i + 1 == scored.size() || scored[i].loss <= scored[i + 1].loss;
      if (before && after) {
        valleys.push_back(scored[i]);
      }
    }
    return valleys;
  }

  /// The best, and those which it beats by no more than the loss of so few
  /// numbers varies from one scale to the next.
  void keep_promising(std::vector<Scored>& scored) const {
    keep_best(scored, density_.regions);
    const auto size = static_cast<double>(problem_.numbers.size());
    const double variation = 3.5 / std::sqrt(size) + 20.0 / size;
    const double limit = (1.0 + variation) * scored.front().loss;
    std::erase_if(
        scored, [&](const Scored& each) { return each.loss > limit; });
  }

  static void keep_best(std::vector<Scored>& scored, std::size_t count) {
    std::stable_sort(scored.begin(), scored.end(), is_better);
    scored.resize(std::min(scored.size(), count));
  }

  /// Follows the zero point to where the loss is least; steps of `reach` codes
  /// at first, then of half as many, down to one.
  Scored settle_zero_point(Scored best, double reach) {
    while (true) {
      const auto scale = static_cast<double>(best.parameters.scale);
      const double zero_point = best.parameters.zero_point;
      add_candidate(scale, zero_point - reach);
      add_candidate(scale, zero_point + reach);
      best = std::min(best, take_best(), is_better);
      if (reach <= 1.0) {
        return best;
      }
      reach = std::ceil(reach / 2.0);
    }
  }

  /// Scales between this one of the first pass and its neighbours, three
  /// quarters of the way to either, ascending; the zero point moves along.
  std::vector<Scored> scan_region(const Scored& middle) {
    const double step = std::pow(density_.ratio, 0.75 / density_.scales);
    const double reach = std::ceil(0.5 * problem_.grid.steps() * (step - 1.0));
    std::vector<Scored> found{middle};
    for (const double factor : {1.0 / step, step}) {
      Scored last = middle;
      for (int i = 0; i < density_.scales; ++i) {
        last.parameters.scale =
            to_scale(static_cast<double>(last.parameters.scale) * factor);
        last = settle_zero_point(score(last.parameters), reach);
        found.push_back(last);
      }
      if (factor < 1.0) {
        std::reverse(found.begin(), found.end());
      }
    }
    return found;
  }

  Scored refine(Scored best) {
    constexpr int kSteps = 4;
    for (int i = 0; i < kSteps; ++i) {
      const float scale = refit_scale(
          problem_.numbers, problem_.grid, problem_.power, best.parameters);
      const double zero_point = best.parameters.zero_point;
      add_candidate(static_cast<double>(scale), zero_point);
      add_candidate(static_cast<double>(scale), zero_point - 1.0);
      add_candidate(static_cast<double>(scale), zero_point + 1.0);
      const Scored next = take_best();
      if (!is_better(next, best)) {
        break;
      }
      best = next;
    }
    return best;
  }

  const AffineProblem& problem_;
  ZeroPointWindow limits_;
  SearchDensity density_;
  std::vector<AffineParameters> candidates_;
  std::vector<double> losses_;
  /// How far a zero point of the first pass may be off.
  double reach_ = 1.0;
};

}  // namespace

AffineParameters least_loss(const AffineProblem& problem) {
  if (problem.range.is_zero()) {
    return holding_grid(problem.range, problem.grid, problem.is_symmetric);
  }
  return AffineSearch(problem).run();
}

}  // namespace ompq::detail
