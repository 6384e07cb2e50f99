// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// Computes a node whose inputs are constants, without libtorch: the operators
/// that occur in shape computations and in the preparation of weights.
/// Integers are exact (they wrap around as in C++), float32 results are those
/// of float32 arithmetic, sums and means are accumulated in float64.
///
/// @param node    canonical form
/// @param inputs  one entry an input; nullopt for one that is left out
/// @return the outputs; nullopt if there is no evaluator for the operator, the
///         result has more than 2^26 elements, Expand, Tile or ConstantOfShape
///         would blow a small constant up to more than 2^20 elements, or the
///         result is undefined (integer division by zero)
/// @throws Error{ShapeMismatch}  the operator cannot take these inputs
[[nodiscard]] OMPQ_API std::optional<std::vector<Constant>> evaluate_constant(
    const Node& node, const std::vector<std::optional<Constant>>& inputs);

/// The same for a node whose output shapes have been inferred already. Shape
/// and Size need the shape of their input only.
[[nodiscard]] std::optional<std::vector<Constant>> evaluate_node(
    const NodeFacts& facts, const std::vector<ValueFacts>& outputs);

}  // namespace ompq
