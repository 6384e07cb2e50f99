// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/loss_curve.h"

#include <algorithm>

namespace ompq {
namespace {

constexpr int kMostPoints = 50;

}  // namespace

LossCurve::LossCurve(int steps)
    : stretch_(std::max(1, (steps + kMostPoints - 1) / kMostPoints)) {}

void LossCurve::add(double loss) {
  sum_ += loss;
  ++steps_;
  if (steps_ % stretch_ == 0) {
    finished_.push_back({.step = steps_, .loss = sum_ / stretch_});
    sum_ = 0.0;
  }
}

std::vector<LossPoint> LossCurve::points() const {
  std::vector<LossPoint> points = finished_;
  if (const int rest = steps_ % stretch_; rest > 0) {
    points.push_back({.step = steps_, .loss = sum_ / rest});
  }
  return points;
}

}  // namespace ompq
