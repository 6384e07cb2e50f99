// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/export/packed_constants.h"
#include "ompq/quantization/qdq_graph.h"

namespace ompq::detail {

/// Weights by codes functions and DequantizeLinear between quantized values, by
/// unpack functions elsewhere; activations by QDQ; short names.
class PackedForm : public QdqForm {
 public:
  PackedForm(const Graph& graph, const QuantizedModel& model);

  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& node,
      const Value& weight,
      GraphBuilder& builder) const override;

  [[nodiscard]] std::string add_bias(
      const QuantizedLayer& layer,
      const Node& node,
      GraphBuilder& builder) const override;

  [[nodiscard]] std::string activation_name(
      const QuantizedActivation& activation) const override;

  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const override;

 protected:
  /// packed_constants(), unless only the size of the file is wanted.
  [[nodiscard]] virtual PackedConstants constants_of(
      const QuantizedLayer& layer, const IntegerInput* input) const;

 private:
  /// The DequantizeLinear that computes `name` from codes; adds what gives
  /// its zero points, `base` for all channels.
  [[nodiscard]] GraphBuilder::NodeSpec dequantizer(
      const PackedConstants& constants,
      const std::string& stem,
      const std::string& codes,
      const std::string& base,
      const std::string& name,
      GraphBuilder& builder) const;

  /// Name of the constant that holds a shape; layers share it.
  [[nodiscard]] std::string add_shape(
      const Shape& shape, const std::string& stem, GraphBuilder& builder) const;

  std::unordered_map<std::string, std::string> stems_;
  std::unordered_map<std::string, std::string> activation_stems_;
  std::map<Shape, std::string> shapes_;
  IntegerInputs integer_inputs_;
};

}  // namespace ompq::detail
