// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// Types and shapes of a node's outputs from what is known of its inputs.
/// An output that the rule does not mention does not exist.
using ShapeRule = std::vector<ValueFacts> (*)(const NodeFacts&);

/// Rules by operator type, those of other domains by domain and type:
/// "com.microsoft.QGemm".
using ShapeRules = std::map<std::string_view, ShapeRule>;

/// Type and shape of the first input: the rule of operators that keep both.
[[nodiscard]] std::vector<ValueFacts> keep_type_and_shape(
    const NodeFacts& facts);

/// The rules of one operator family each; all in canonical form (opset 21).
[[nodiscard]] ShapeRules einsum_shape_rules();
[[nodiscard]] ShapeRules elementwise_shape_rules();
[[nodiscard]] ShapeRules generation_shape_rules();
[[nodiscard]] ShapeRules indexing_shape_rules();
[[nodiscard]] ShapeRules integer_shape_rules();
[[nodiscard]] ShapeRules matrix_shape_rules();
[[nodiscard]] ShapeRules movement_shape_rules();
[[nodiscard]] ShapeRules normalization_shape_rules();
[[nodiscard]] ShapeRules quantization_shape_rules();
[[nodiscard]] ShapeRules recurrent_shape_rules();
[[nodiscard]] ShapeRules reduction_shape_rules();
[[nodiscard]] ShapeRules resize_shape_rules();
[[nodiscard]] ShapeRules scatter_shape_rules();
[[nodiscard]] ShapeRules window_shape_rules();

/// True if inference knows the standard operator.
[[nodiscard]] OMPQ_API bool has_shape_rule(std::string_view op_type);

/// Types and shapes of all outputs of a node; a shape is absent if it depends
/// on what is fed or if the shape of an input is not known.
///
/// @return one entry an output of the node
/// @throws Error{Unsupported}    the operator has no rule
/// @throws Error{ShapeMismatch}  the operator cannot take these shapes
/// @throws Error{InvalidModel}   an input is missing or has the wrong type
[[nodiscard]] OMPQ_API std::vector<ValueFacts> infer_node(
    const NodeFacts& facts);

}  // namespace ompq
