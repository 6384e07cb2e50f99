// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// How the integers and scales of a quantized network appear in a graph: one
/// implementation per kind of file. insert_quantizers() decides where.
class OMPQ_API QuantizerForm {
 public:
  virtual ~QuantizerForm() = default;

  /// Adds what holds a layer's weight as the integers say.
  ///
  /// @param node    the layer's node in the float graph
  /// @param weight  the float weight that is replaced
  /// @return name of a float32 value of the weight's shape
  /// @throws Error{ShapeMismatch, InvalidData, Unsupported}  names the layer
  [[nodiscard]] virtual std::string add_weight(
      const QuantizedLayer& layer,
      const Node& node,
      const Value& weight,
      GraphBuilder& builder) const = 0;

  /// Adds what holds a layer's bias; a float32 constant `<layer>_bias` unless a
  /// form says otherwise.
  ///
  /// @return name of a float32 value [channels]
  [[nodiscard]] virtual std::string add_bias(
      const QuantizedLayer& layer,
      const Node& node,
      GraphBuilder& builder) const;

  /// Name for the quantized form of a value, made unique by the caller:
  /// `<value>_dequantized` unless a form says otherwise.
  [[nodiscard]] virtual std::string activation_name(
      const QuantizedActivation& activation) const;

  /// The nodes that bring a value onto its grid; constants that they read are
  /// added to `builder`.
  ///
  /// @param value   what is quantized
  /// @param result  name of the float32 value that the last node must compute
  [[nodiscard]] virtual std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const = 0;

 protected:
  QuantizerForm() = default;
  QuantizerForm(const QuantizerForm&) = default;
  QuantizerForm& operator=(const QuantizerForm&) = default;
};

/// The quantized network: `float_graph` with every layer of `model` reading the
/// weight and bias that the form adds, and every reader of a quantized value,
/// and the graph's outputs, reading its quantized form. Layers that share a
/// weight and its integers share what the form adds for it. A bias behind a
/// MatMul becomes an Add. Names of outputs stay.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws Error{InvalidArgument}  a layer or value of `model` is not in the
///                                 graph, or quantized twice
/// @throws Error{ShapeMismatch}    codes, scales or biases that do not fit the
///                                 layer; names it
/// @throws Error{InvalidData}      a code or zero point outside its grid, a
///                                 scale that is not positive and finite
[[nodiscard]] OMPQ_API Graph insert_quantizers(
    const Graph& float_graph,
    const QuantizedModel& model,
    const QuantizerForm& form);

}  // namespace ompq
