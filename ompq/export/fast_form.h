// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/export/value_grids.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// How weights, biases and activations appear in a fast graph; see
/// to_fast_graph(). Holds references to what it is made of.
class FastForm : public QdqForm {
 public:
  /// @param graph  the graph that quantizers are inserted in
  /// @param grids  of its values
  FastForm(const Graph& graph, const ByteGrids& grids)
      : graph_(graph), grids_(grids) {}

  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& node,
      const Value& weight,
      GraphBuilder& builder) const override;

  [[nodiscard]] std::string add_bias(
      const QuantizedLayer& layer,
      const Node& node,
      GraphBuilder& builder) const override;

  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const override;

 private:
  /// Grid of an input or output that is not left out; nullptr if it has none.
  [[nodiscard]] const ByteGrid* grid_of(std::optional<ValueId> id) const;
  /// True if ONNX Runtime has an integer kernel for the layer.
  [[nodiscard]] bool runs_on_integers(const Node& node) const;
  /// The weight in codes of 8 bits; absent if the layer needs floats.
  [[nodiscard]] std::optional<QuantizedWeight> fast_weight(
      const QuantizedLayer& layer, const Node& node) const;
  /// The DequantizeLinear of an int32 bias; absent if it does not fit.
  [[nodiscard]] std::optional<GraphBuilder::NodeSpec> integer_bias(
      const QuantizedLayer& layer,
      const Node& node,
      const QuantizedWeight& weight,
      GraphBuilder& builder) const;

  const Graph& graph_;
  const ByteGrids& grids_;
};

}  // namespace ompq::detail
