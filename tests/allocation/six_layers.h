// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/plan/layer_table.h"

namespace ompq::testing {

/// Six layers, small ones first, as in a real network.
inline LayerTable layers() {
  LayerTable table;
  std::int64_t weights = 432;
  for (int i = 0; i < 6; ++i) {
    table.push_back(Layer{
        .name = "conv" + std::to_string(i + 1),
        .weights = weights,
        .output_channels = 16,
        .macs = weights * 1000 / (i + 1)});
    weights = weights * 2 + 1;
  }
  return table;
}

inline const std::vector<double> kCoefficients{0.7, 0.2, 0.6, 0.3, 0.5, 0.4};

/// The error that `action` throws.
inline Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::Internal, "no error"};
}

}  // namespace ompq::testing
