// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"

namespace ompq {

/// One plan of a trade-off curve.
struct FrontPoint {
  /// The budget, in its kind's unit.
  double limit = 0.0;
  std::int64_t file_bytes = 0;
  std::int64_t payload_bytes = 0;
  double average_bits = 0.0;
  /// Lower is better; absent for scores that predict no loss.
  std::optional<double> predicted_loss;
  /// Higher is better.
  double objective = 0.0;
  /// 0 = proved optimal.
  double gap = 0.0;
  /// By layer.
  std::vector<int> weight_bits;
};

/// The trade-off curve that `ompq sweep` wrote.
struct FrontData {
  std::string model_file;
  std::string model_hash;
  /// What grows from point to point, e.g. "file_size".
  std::string budget;
  std::vector<std::string> layers;
  std::vector<FrontPoint> points;
  /// Index of the chosen point.
  std::size_t picked = 0;
};

/// Reads front.json.
///
/// @throws Error{InvalidFile}  a field is missing or wrong, or the version is
///                             newer than this library; names it
[[nodiscard]] OMPQ_API FrontData
read_front(const Json& json, const std::string& where);

}  // namespace ompq
