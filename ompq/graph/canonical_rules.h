// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// The graph that is made canonical and its copy that changes.
class Canonicalization {
 public:
  explicit Canonicalization(const Graph& graph)
      : graph_(graph), builder_(graph) {}

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] GraphBuilder& builder() { return builder_; }
  /// Operator set the nodes are written in.
  [[nodiscard]] std::int64_t opset() const { return graph_.opset(); }

  /// The node as it is in the copy now.
  [[nodiscard]] GraphBuilder::NodeSpec spec(const Node& node) const;
  /// Adds a constant that belongs to a node; returns its name.
  [[nodiscard]] std::string add_constant(
      const Node& node, const std::string& role, Constant constant);
  /// A constant of the type of the node's first input; float32 if unknown.
  [[nodiscard]] std::string add_scalar_like_input(
      const Node& node, const std::string& role, float number);
  /// True if output `index` exists and something reads it.
  [[nodiscard]] bool is_used(const Node& node, std::size_t index) const;
  /// Number of dimensions of input `index`, if known.
  [[nodiscard]] std::optional<std::int64_t> rank(
      const Node& node, std::size_t index) const;

 private:
  const Graph& graph_;
  GraphBuilder builder_;
};

/// Brings one node into its canonical form.
using Rewrite = void (*)(Canonicalization& work, const Node& node);

/// What is known about an operator of the standard domain or of QONNX.
struct OperatorRule {
  std::string_view op_type;
  /// Inputs of the canonical form.
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  /// Null if every version from opset 7 on has the canonical form.
  Rewrite rewrite = nullptr;
  /// An attribute without which the canonical form makes no sense.
  std::string_view required_attribute = {};
  /// Operator set that introduced the operator, if after kCanonicalOpset.
  std::int64_t since_opset = 0;
};

inline constexpr std::size_t kAnyNumber =
    std::numeric_limits<std::size_t>::max();

/// The rule for an operator, or nullptr if ompq does not know it.
[[nodiscard]] const OperatorRule* find_operator_rule(
    std::string_view domain, std::string_view op_type);

// canonical_activation.cpp
void rewrite_clip(Canonicalization& work, const Node& node);
void rewrite_softmax(Canonicalization& work, const Node& node);
// canonical_removal.cpp
void rewrite_identity(Canonicalization& work, const Node& node);
void rewrite_dropout(Canonicalization& work, const Node& node);
void rewrite_constant(Canonicalization& work, const Node& node);
// canonical_arguments.cpp
void rewrite_axes(Canonicalization& work, const Node& node);
void rewrite_pad(Canonicalization& work, const Node& node);
void rewrite_scatter(Canonicalization& work, const Node& node);
void rewrite_slice(Canonicalization& work, const Node& node);
void rewrite_split(Canonicalization& work, const Node& node);
void rewrite_top_k(Canonicalization& work, const Node& node);
void rewrite_optional_outputs(Canonicalization& work, const Node& node);
// canonical_resize.cpp
void rewrite_resize(Canonicalization& work, const Node& node);
void rewrite_upsample(Canonicalization& work, const Node& node);
// canonical_normalization.cpp
void rewrite_batch_normalization(Canonicalization& work, const Node& node);
void rewrite_group_normalization(Canonicalization& work, const Node& node);
// canonical_quant.cpp
void rewrite_quant(Canonicalization& work, const Node& node);

/// float16 and bfloat16 values, constants and casts as float32.
[[nodiscard]] Graph widen_half_floats(const Graph& graph);

}  // namespace ompq::detail
