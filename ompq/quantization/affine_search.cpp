// SPDX-License-Identifier: MIT
#include "ompq/quantization/affine_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ompq::detail {
namespace {

struct Scored {
  AffineParameters parameters;
  double loss = 0.0;
};

bool is_better(const Scored& a, const Scored& b) {
  return a.loss < b.loss;
}

/// How densely one problem is searched; short rows have rough losses and cost
/// little.
struct Density {
  /// Ratio of neighbouring scales in the first pass.
  double ratio = 1.1;
  /// Zero points tried with each of them.
  int zero_points = 9;
  /// Scales of the first pass around which the second one looks.
  std::size_t regions = 3;
  /// Scales of the second pass in each region.
  int scales = 24;
  /// Results of the second pass that are refined.
  std::size_t refined = 4;
};

Density density_for(const AffineProblem& problem) {
  if (problem.numbers->size() <= 64) {
    return {
        .ratio = 1.05,
        .zero_points = 17,
        .regions = 8,
        .scales = 48,
        .refined = 16};
  }
  if (problem.numbers->size() > 16'384) {
    return {
        .ratio = 1.15,
        .zero_points = 5,
        .regions = 2,
        .scales = 6,
        .refined = 2};
  }
  return {};
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
        density_(density_for(problem)),
        limits_(zero_point_limits(problem)) {}

  AffineParameters run() {
    std::vector<Scored> coarse = scan_scales();
    keep_valleys(coarse);
    std::vector<Scored> fine;
    for (const Scored& valley : coarse) {
      scan_region(valley, fine);
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
        *problem_.numbers, problem_.grid, problem_.power, candidates_, losses_);
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
  /// as large as the average number to one with which it is far too large.
  [[nodiscard]] std::pair<double, double> scale_limits() const {
    double sum = 0.0;
    double weight_sum = 0.0;
    for (std::int64_t i = 0; i < problem_.numbers->size(); ++i) {
      const float* weights = problem_.numbers->weights();
      const double weight =
          weights == nullptr ? 1.0 : static_cast<double>(weights[i]);
      sum += weight *
             std::abs(static_cast<double>(problem_.numbers->numbers()[i]));
      weight_sum += weight;
    }
    const double steps = problem_.grid.steps();
    const double size = problem_.range.high - problem_.range.low;
    const double mean = weight_sum > 0.0 ? sum / weight_sum : size;
    const double largest = (problem_.is_symmetric ? 2.4 : 1.3) * size / steps;
    const double least = std::max(0.5 * mean, 1e-4 * size) / steps;
    return {std::min(least, 0.5 * largest), largest};
  }

  std::vector<Scored> scan_scales() {
    const auto [least, largest] = scale_limits();
    std::vector<Scored> best;
    for (double scale = largest; scale > least; scale /= density_.ratio) {
      const ZeroPointWindow window = zero_point_window(
          problem_.range, problem_.grid, scale, problem_.is_symmetric);
      const double size = window.last - window.first;
      const double step = std::max(1.0, size / (density_.zero_points - 1));
      for (double offset = 0.0; offset < size + 0.5 * step; offset += step) {
        add_candidate(scale, window.first + offset);
      }
      Scored valley = take_best();
      if (step > 1.0) {
        valley = settle_zero_point(valley, std::ceil(step / 2.0));
      }
      best.push_back(valley);
    }
    return best;
  }

  void keep_valleys(std::vector<Scored>& scored) const {
    std::vector<Scored> valleys;
    for (std::size_t i = 0; i < scored.size(); ++i) {
      const bool before = i == 0 || scored[i].loss <= scored[i - 1].loss;
      const bool after =
          i + 1 == scored.size() || scored[i].loss <= scored[i + 1].loss;
      if (before && after) {
        valleys.push_back(scored[i]);
      }
    }
    scored = std::move(valleys);
    keep_best(scored, density_.regions);
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
      candidates_.push_back(best.parameters);
      add_candidate(scale, zero_point - reach);
      add_candidate(scale, zero_point + reach);
      best = take_best();
      if (reach <= 1.0) {
        return best;
      }
      reach = std::ceil(reach / 2.0);
    }
  }

  /// Scales within one coarse step of the valley; the zero point moves along.
  void scan_region(const Scored& valley, std::vector<Scored>& found) {
    const double step = std::pow(density_.ratio, 1.0 / density_.scales);
    const double reach = std::ceil(0.5 * problem_.grid.steps() * (step - 1.0));
    found.push_back(valley);
    for (const double factor : {step, 1.0 / step}) {
      Scored last = valley;
      for (int i = 0; i < density_.scales; ++i) {
        last.parameters.scale =
            to_scale(static_cast<double>(last.parameters.scale) * factor);
        last = settle_zero_point(last, reach);
        found.push_back(last);
      }
    }
  }

  Scored refine(Scored best) {
    constexpr int kSteps = 4;
    for (int i = 0; i < kSteps; ++i) {
      const float scale = refit_scale(
          *problem_.numbers, problem_.grid, problem_.power, best.parameters);
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
  Density density_;
  ZeroPointWindow limits_;
  std::vector<AffineParameters> candidates_;
  std::vector<double> losses_;
};

}  // namespace

AffineParameters least_loss(const AffineProblem& problem) {
  if (problem.range.is_zero()) {
    return holding_grid(problem.range, problem.grid, problem.is_symmetric);
  }
  return AffineSearch(problem).run();
}

}  // namespace ompq::detail
