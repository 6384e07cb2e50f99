// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"

namespace ompq {

/// Reads a node's attributes and returns the function that computes it. Errors
/// that a factory or its operator throws need not name the node:
/// make_operator() does that for all of them.
using OperatorFactory = Operator (*)(const Node& node, const Graph& graph);

/// No upper limit on the number of inputs.
inline constexpr std::size_t kAnyNumber =
    std::numeric_limits<std::size_t>::max();

/// How one ONNX operator is made. Inputs [0, required_inputs) must be present,
/// the others up to max_inputs are optional.
struct OperatorEntry {
  std::string_view op_type;
  std::size_t required_inputs;
  std::size_t max_inputs;
  OperatorFactory make;
  /// Empty: the standard one.
  std::string_view domain = {};
};

/// One table per family of operators; the registry is their union.
[[nodiscard]] std::span<const OperatorEntry> conv_operators();
[[nodiscard]] std::span<const OperatorEntry> linear_operators();
[[nodiscard]] std::span<const OperatorEntry> pool_operators();
[[nodiscard]] std::span<const OperatorEntry> average_pool_operators();
[[nodiscard]] std::span<const OperatorEntry> norm_operators();
[[nodiscard]] std::span<const OperatorEntry> activation_operators();
[[nodiscard]] std::span<const OperatorEntry> arithmetic_operators();
[[nodiscard]] std::span<const OperatorEntry> logic_operators();
[[nodiscard]] std::span<const OperatorEntry> reduce_operators();
[[nodiscard]] std::span<const OperatorEntry> shape_operators();
[[nodiscard]] std::span<const OperatorEntry> layout_operators();
[[nodiscard]] std::span<const OperatorEntry> create_operators();
[[nodiscard]] std::span<const OperatorEntry> index_operators();
[[nodiscard]] std::span<const OperatorEntry> scatter_operators();
[[nodiscard]] std::span<const OperatorEntry> pad_operators();
[[nodiscard]] std::span<const OperatorEntry> resize_operators();
[[nodiscard]] std::span<const OperatorEntry> qdq_operators();
[[nodiscard]] std::span<const OperatorEntry> integer_operators();
[[nodiscard]] std::span<const OperatorEntry> recurrent_operators();

/// Names of the standard ONNX operators that make_operator() knows, sorted.
[[nodiscard]] OMPQ_API std::vector<std::string> supported_operators();

}  // namespace ompq
