// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// What to assume for dynamic dimensions.
struct ShapeOptions {
  /// Full shape for an input, by its name; overrides what the file says.
  std::map<std::string, Shape> input_shapes;
  /// Size of a dynamic first dimension of an input (the batch).
  std::int64_t batch = 1;
};

/// Gives every value its type and shape, and folds what is constant once
/// shapes are known (Shape -> Gather -> Concat -> Reshape chains, transposed,
/// cast or dequantized weights, ...).
///
/// Works on numbers, not symbols: it infers once for `batch` and once for
/// `batch + 1` samples; a dimension that differs is dynamic ("N") in the
/// result, all others are fixed. A model whose file fixes the batch at 1 is
/// made dynamic where that leaves a valid network (Reshape targets with a
/// leading 1 follow the batch).
///
/// @param graph  canonical form
/// @return the graph with `shape` and `type` of every value set wherever they
///         can be known; constants folded; dead nodes dropped
/// @throws Error{ShapeMismatch}  an operator cannot take these shapes; names
///                               node, operator and shapes
/// @throws Error{InvalidModel}   an input has a dynamic dimension other than
///                               the first and no shape is given; names it
[[nodiscard]] OMPQ_API Graph
infer_shapes(const Graph& graph, const ShapeOptions& options = {});

}  // namespace ompq
