// SPDX-License-Identifier: MIT
#include "ompq/quantization/entropy_scale.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "ompq/quantization/grid_range.h"

namespace ompq::detail {
namespace {

/// Ratio of neighbouring scales.
constexpr double kRatio = 1.02;
/// Zero points tried with each scale.
constexpr std::int32_t kZeroPoints = 17;
/// Grids that hold fewer numbers are not tried.
constexpr double kLeastShare = 0.5;

struct Divergence {
  double divergence = 0.0;
  /// Of the numbers, zeros aside.
  double share_inside = 0.0;
};

class Divergences {
 public:
  Divergences(const Histogram& histogram, const IntegerGrid& grid)
      : grid_(grid) {
    for (const Histogram::Bin& bin : histogram.bins()) {
      if (bin.centre != 0.0) {
        bins_.push_back(bin);
        count_ += static_cast<double>(bin.count);
      }
    }
  }

  /// Nothing if no filled bin lies inside the grid.
  [[nodiscard]] std::optional<Divergence> of(const AffineParameters& p) const {
    const auto scale = static_cast<double>(p.scale);
    const auto at = [&](double code) {
      return std::lower_bound(
          bins_.begin(),
          bins_.end(),
          (code - p.zero_point) * scale,
          [](const Histogram::Bin& bin, double x) { return bin.centre < x; });
    };
    const auto first = at(grid_.lowest() - 0.5);
    const auto end = at(grid_.highest() + 0.5);
    if (first == end) {
      return std::nullopt;
    }
    const double below = sum(bins_.begin(), first);
    const double above = sum(end, bins_.end());
    const double inside = count_ - below - above;
    // sum over bins of A log(A / q): A with the numbers outside, q without.
    double total = 0.0;
    for (auto cell = first; cell != end;) {
      const auto cell_end = end_of_cell(cell, end, scale);
      const double even = sum(cell, cell_end) /
                          static_cast<double>(std::distance(cell, cell_end));
      for (auto bin = cell; bin != cell_end; ++bin) {
        const double numbers = static_cast<double>(bin->count) +
                               (bin == first ? below : 0.0) +
                               (bin + 1 == end ? above : 0.0);
        total += numbers * std::log(numbers / even);
      }
      cell = cell_end;
    }
    return Divergence{
        .divergence = total / count_ + std::log(inside / count_),
        .share_inside = inside / count_};
  }

 private:
  using Bins = std::vector<Histogram::Bin>;

  static double sum(Bins::const_iterator first, Bins::const_iterator end) {
    double count = 0.0;
    for (; first != end; ++first) {
      count += static_cast<double>(first->count);
    }
    return count;
  }

  /// Behind the bins whose centres have the same code as the first one.
  static Bins::const_iterator end_of_cell(
      Bins::const_iterator first, Bins::const_iterator end, double scale) {
    const double last = (std::nearbyint(first->centre / scale) + 0.5) * scale;
    auto next = first + 1;
    while (next != end && next->centre < last) {
      ++next;
    }
    return next;
  }

  IntegerGrid grid_;
  Bins bins_;
  double count_ = 0.0;
};

}  // namespace

AffineParameters entropy_scale(
    const Histogram& histogram, const IntegerGrid& grid, bool is_symmetric) {
  NumberRange range;
  range.include(static_cast<double>(histogram.minimum()));
  range.include(static_cast<double>(histogram.maximum()));
  const Divergences divergences(histogram, grid);
  AffineParameters best = holding_grid(range, grid, is_symmetric);
  const auto widest = divergences.of(best);
  double least =
      widest ? widest->divergence : std::numeric_limits<double>::infinity();
  double share = 1.0;
  // Rounding alone must not make a narrower grid win.
  constexpr double kTie = 1e-12;
  for (double scale = static_cast<double>(best.scale);
       share >= kLeastShare && to_scale(scale / kRatio) < to_scale(scale);
       scale /= kRatio) {
    const ZeroPointWindow window =
        zero_point_window(range, grid, scale, is_symmetric);
    const std::int32_t step = 1 + (window.last - window.first) / kZeroPoints;
    share = 0.0;
    for (auto zero = window.first; zero <= window.last; zero += step) {
      const AffineParameters candidate{
          .scale = to_scale(scale), .zero_point = zero};
      const auto found = divergences.of(candidate);
      if (!found) {
        continue;
      }
      share = std::max(share, found->share_inside);
      if (found->share_inside >= kLeastShare &&
          found->divergence < least - kTie) {
        least = found->divergence;
        best = candidate;
      }
    }
  }
  return best;
}

}  // namespace ompq::detail
