// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// The grid that a value is on, with codes of one byte.
///
///   value = (code - zero_point) * scale,  lowest <= code <= highest
struct ByteGrid {
  AffineParameters parameters;
  /// The codes that occur, in 0 .. 255.
  std::int32_t lowest = 0;
  std::int32_t highest = 255;
  /// True if the value has the numbers of another value on this grid; a
  /// quantizer behind it changes nothing.
  bool is_copy = false;
  /// The activation whose grid it is: the value itself, or what it is a copy
  /// of.
  std::string origin;
};

/// Grids by name of the value.
using ByteGrids = std::map<std::string, ByteGrid>;

/// A float graph whose Relu and Clip before quantizers are gone, and the grids
/// that do their work: a number beyond a limit gets the code of the limit.
struct ClippedGrids {
  Graph graph;
  ByteGrids grids;
};

/// Grids of the activations of up to 8 bits. A Relu or Clip with constant
/// limits that computes such a value, and is all that reads the result before
/// it, is taken out of the graph; its value keeps its name.
///
/// Rounding is monotone, so that clipping numbers and then rounding gives the
/// same codes as rounding them and then limiting codes.
///
/// @throws Error{InvalidData}  a scale or zero point that is not possible
[[nodiscard]] ClippedGrids clip_by_grids(
    const Graph& graph, const std::vector<QuantizedActivation>& activations);

/// The same for the activations of exactly 8 bits: of what is narrower the file
/// would lose the width.
///
/// @throws as clip_by_grids()
[[nodiscard]] ClippedGrids clip_by_byte_grids(
    const Graph& graph, const std::vector<QuantizedActivation>& activations);

/// Adds the grids of values that get their numbers from values with a grid:
/// through nodes that keep numbers, and Concat of values on one grid. Values
/// among the activations are left alone.
void add_copied_grids(
    const Graph& graph,
    const std::vector<QuantizedActivation>& activations,
    ByteGrids& grids);

/// Highest code that any reader of a weight multiplies it with; 255 where a
/// reader's input has no grid.
///
/// @param graph  the one that the grids are of
[[nodiscard]] std::int32_t highest_input(
    const Graph& graph, const ByteGrids& grids, const Value& weight);

/// Those of the copied grids where an integer kernel reads the value, directly
/// or through more nodes that keep numbers.
[[nodiscard]] std::vector<std::string> find_copies_to_quantize(
    const Graph& graph, const ByteGrids& grids);

}  // namespace ompq::detail
