// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/units.h"
#include "ompq/export/integer_lint.h"
#include "ompq/export/profile.h"

namespace ompq {

/// What a comparison found.
struct Verification {
  /// Values that both networks compute.
  std::int64_t values = 0;
  /// Largest difference of a value; VerificationOptions says in what measure.
  double largest_difference = 0.0;
};

/// What was written.
struct ExportReport {
  ExportProfile profile = ExportProfile::Packed;
  std::filesystem::path output;
  Bytes file_size;
  /// Weights at their widths.
  Bytes payload;
  std::int64_t quantized_layers = 0;
  std::int64_t float_layers = 0;
  Verification verification;
  /// Which nodes ONNX Runtime runs on integers; profile Fast only.
  std::optional<IntegerLint> lint;
};

/// "profile", "file_bytes", "payload_bytes" and so on.
[[nodiscard]] OMPQ_API Json to_json(const ExportReport& report);

}  // namespace ompq
