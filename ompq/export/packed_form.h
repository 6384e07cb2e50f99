// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/export/packed_biases.h"
#include "ompq/export/packed_weights.h"
#include "ompq/export/value_grids.h"
#include "ompq/quantization/qdq_graph.h"

namespace ompq::detail {

/// Weights by functions: codes, with a DequantizeLinear, between quantized
/// values, floats elsewhere; activations of up to 8 bits by bytes, wider ones
/// by QDQ; short names.
class PackedForm : public QdqForm {
 public:
  /// @param clipped     of clip_by_byte_grids()
  /// @param inputs      of find_integer_inputs()
  /// @param has_groups  see pool_weights()
  PackedForm(
      const ClippedGrids& clipped,
      const IntegerInputs& inputs,
      const QuantizedModel& model,
      const MakePackedConstants& make_constants = packed_constants,
      bool has_groups = true);

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

 private:
  /// Of all new names.
  std::string prefix_;
  ByteGrids grids_;
  PackedWeights weights_;
  PackedBiases biases_;
  /// Names of activations by value.
  std::unordered_map<std::string, std::string> activation_names_;
};

}  // namespace ompq::detail
