// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "ompq/core/option_text.h"

namespace ompq {

/// What kind of file a quantized network is written to. The numbers are the
/// same in all of them.
enum class ExportProfile {
  /// Weights at their exact width in bit planes, unpacked by standard operators
  /// in model-local functions; the smallest file that needs nothing special.
  Packed,
  /// Weights in the smallest integer type of ONNX that holds them (2, 4 or 8
  /// bits) and DequantizeLinear.
  Compact,
  /// Weights in bytes, quantizers where ONNX Runtime merges them into integer
  /// convolutions.
  Fast,
  /// Quant nodes as FINN, hls4ml and Brevitas read them.
  Qonnx,
  /// The network in float with its weights on their grids, and beside it the
  /// grids as AIMET encodings 1.0.0.
  Encodings,
};

template <>
struct EnumNames<ExportProfile> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"packed"}, ExportProfile::Packed},
      std::pair{std::string_view{"compact"}, ExportProfile::Compact},
      std::pair{std::string_view{"fast"}, ExportProfile::Fast},
      std::pair{std::string_view{"qonnx"}, ExportProfile::Qonnx},
      std::pair{std::string_view{"encodings"}, ExportProfile::Encodings}};
};

}  // namespace ompq
