// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/qdq_constants.h"
#include "ompq/quantization/quantized_model.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {

/// Standard QuantizeLinear and DequantizeLinear; see to_qdq_graph(). Other
/// forms change what they write otherwise.
class OMPQ_API QdqForm : public QuantizerForm {
 public:
  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& node,
      const Value& weight,
      GraphBuilder& builder) const override;

  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const override;

 protected:
  /// Adds a DequantizeLinear of constants; returns the name of its result.
  ///
  /// @param codes  name of the value that holds the codes; empty: a constant
  [[nodiscard]] static std::string add_dequantized(
      detail::WeightConstants constants,
      const Value& weight,
      GraphBuilder& builder,
      std::string codes = "");

  /// [Clip] -> QuantizeLinear -> DequantizeLinear; names of constants and of
  /// values in between begin with `stem`.
  [[nodiscard]] static std::vector<GraphBuilder::NodeSpec> quantizer_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& stem,
      const std::string& result,
      GraphBuilder& builder);
};

/// The quantized network in standard ONNX operators (QDQ form): it computes
/// what the integers and scales of `model` say, in any runtime.
///
/// - a weight becomes an integer constant `<weight>_quantized` and a
///   DequantizeLinear, per axis or, in groups, with block_size; layers that
///   share a weight and its integers share the constant
/// - a bias is replaced; a layer without one gets an input or, behind a MatMul,
///   an Add for it
/// - a quantized value x becomes
///   Clip (only if the grid is narrower than its container)
///   -> QuantizeLinear `<x>_quantized` -> DequantizeLinear `<x>_dequantized`,
///   which every reader of x and the graph's outputs read instead
///
/// Containers are uint8 or int8 for widths to 8 bits, uint16 or int16 beyond.
/// Names of outputs stay. Types and shapes of new values are set.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws Error{InvalidArgument}  a layer or value of `model` is not in the
///                                 graph, or quantized twice
/// @throws Error{ShapeMismatch}    codes, scales or biases that do not fit the
///                                 layer; names it
/// @throws Error{InvalidData}      a code or zero point outside its grid, a
///                                 scale that is not positive and finite
[[nodiscard]] OMPQ_API Graph
to_qdq_graph(const Graph& float_graph, const QuantizedModel& model);

}  // namespace ompq
