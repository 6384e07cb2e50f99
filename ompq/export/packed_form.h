// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/quantization/qdq_graph.h"

namespace ompq::detail {

/// What a packed file holds of a weight.
struct PackedConstants {
  int bits = 8;
  /// Lowest bits first.
  std::vector<Constant> planes;
  /// Unsigned, and float32, in shapes that broadcast to the weight's; with
  /// groups one number for each group along `axis`.
  Constant zero_point;
  Constant scale;
  /// Elements of a group along `axis`; 0 = no groups.
  std::int64_t group_size = 0;
  std::int64_t axis = 0;
};

/// The integers and scales of a layer as a packed file holds them.
///
/// @throws as weight_constants()
[[nodiscard]] PackedConstants packed_constants(const QuantizedLayer& layer);

/// Weights by unpack functions, activations by QDQ, short names.
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
      const QuantizedLayer& layer) const;

 private:
  /// Name of the constant that holds a shape; layers share it.
  [[nodiscard]] std::string add_shape(
      const Shape& shape, const std::string& stem, GraphBuilder& builder) const;

  std::unordered_map<std::string, std::string> stems_;
  std::unordered_map<std::string, std::string> activation_stems_;
  std::map<Shape, std::string> shapes_;
};

}  // namespace ompq::detail
