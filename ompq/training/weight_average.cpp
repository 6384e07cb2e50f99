// SPDX-License-Identifier: MIT
#include "ompq/training/weight_average.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace ompq {

WeightAverage::WeightAverage(Tensors tensors, double decay)
    : tensors_(std::move(tensors)), decay_(decay) {
  if (decay_ > 0.0) {
    for (const at::Tensor& tensor : tensors_) {
      averages_.push_back(tensor.detach().clone());
    }
  }
}

void WeightAverage::update(std::int64_t step) {
  const at::NoGradGuard no_gradients;
  const auto n = static_cast<double>(step);
  const double decay = std::min(decay_, (1.0 + n) / (10.0 + n));
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    averages_[i].lerp_(tensors_[i].detach(), 1.0 - decay);
  }
}

void WeightAverage::exchange() const {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    const at::Tensor kept = tensors_[i].detach().clone();
    tensors_[i].detach().copy_(averages_[i]);
    averages_[i].detach().copy_(kept);
  }
}

void WeightAverage::with_average(const std::function<void()>& work) const {
  exchange();
  try {
    work();
  } catch (...) {
    exchange();
    throw;
  }
  exchange();
}

}  // namespace ompq
