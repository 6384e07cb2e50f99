// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
/// `batch + 1` samples; a dimension that differs is dynamic in the result, all
/// others are fixed. Its symbol tells how it depends on the batch: "N", "49N",
/// "2N+1". A model whose file fixes the batch at 1 is made dynamic where that
/// leaves a valid network in which samples stay apart (Reshape targets with a
/// leading 1 follow the batch); see is_batch_polymorphic().
///
/// @param graph  canonical form
/// @return the graph with `shape` and `type` of every value set wherever they
///         can be known; constants folded; dead nodes dropped
/// @throws Error{ShapeMismatch}  an operator cannot take these shapes; names
///                               node, operator and shapes
/// @throws Error{InvalidArgument}  a shape is given for no input of the graph
/// @throws Error{InvalidModel}   an input has a dynamic dimension other than
///                               the first and no shape is given; names it
[[nodiscard]] OMPQ_API Graph
infer_shapes(const Graph& graph, const ShapeOptions& options = {});

/// True if several samples can be run at once: an input and every output have
/// a dynamic first dimension. Otherwise the network takes one sample, or as
/// many as its file says, at a time.
///
/// @param graph  with shapes
[[nodiscard]] OMPQ_API bool is_batch_polymorphic(const Graph& graph);

/// Shape of a value when `batch` samples are run; nullopt if it is not known.
///
/// @param value  of a graph with shapes
[[nodiscard]] OMPQ_API std::optional<Shape> shape_at_batch(
    const Value& value, std::int64_t batch = 1);

}  // namespace ompq
