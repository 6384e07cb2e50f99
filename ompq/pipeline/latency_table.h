// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/allocation/width_rules.h"
#include "ompq/core/export.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Times of layers at pairs of widths, as a user measured them on a device.
///
/// The file is a table with commas between its fields and the header
///
///   layer,weight_bits,activation_bits,time
///
/// layer            name of a layer, or an operator (Conv, ConvTranspose, Gemm,
///                  MatMul) for all its layers that have no row of their own
/// activation_bits  a width, `float`, or `any` for all that have no row
/// time             with its unit: 12.5us, 3 ms, 40ns, 1s. Under `time_us`
///                  (_s, _ms, _ns) instead of `time`: without
///
/// A field may stand in double quotes.
class OMPQ_API LatencyTable {
 public:
  /// @throws Error{NotFound}     no such file
  /// @throws Error{InvalidData}  says file, line and column: another header, a
  ///                             field too few or too many, a width outside
  ///                             [1, 16], a time that is negative or has no
  ///                             unit, a layer that the network has not, a row
  ///                             that is there twice
  LatencyTable(const std::filesystem::path& path, const LayerTable& layers);

  /// Picoseconds of a layer.
  ///
  /// @throws Error{InvalidData}  no row for it; names layer and widths
  [[nodiscard]] std::int64_t picoseconds(
      std::size_t layer, const LayerBits& bits) const;

 private:
  struct Row {
    std::int64_t line = 0;
    std::int64_t picoseconds = 0;
  };
  /// Weight bits; activation bits, kFloatBits for float, 0 for any.
  using Widths = std::pair<int, int>;

  void add(
      const std::string& line,
      std::int64_t number,
      std::optional<double> unit_s);
  [[nodiscard]] const Row* find(
      const std::string& name, const LayerBits& bits) const;

  std::string path_;
  std::vector<std::string> names_;
  std::vector<std::string> kinds_;
  std::map<std::string, std::map<Widths, Row>> rows_;
};

/// The row of a latency budget.
///
/// @throws Error{InvalidData}  as LatencyTable; or a width that the rules allow
///                             has no row
[[nodiscard]] OMPQ_API CostRow latency_row(
    const std::filesystem::path& path,
    const LayerTable& layers,
    const WidthRules& rules);

}  // namespace ompq
