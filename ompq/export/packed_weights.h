// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "ompq/export/packed_constants.h"
#include "ompq/export/packed_pools.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// What a packed file holds of a layer's weight; packed_constants() unless only
/// the size of the file is wanted.
using MakePackedConstants = std::function<PackedConstants(
    const QuantizedLayer& layer, const IntegerInput* input)>;

/// Writes weights by a function for each width and nodes for each group: codes,
/// with a DequantizeLinear, between quantized values, floats elsewhere.
///
/// The first layer of a pool brings what joins its planes, the first of a group
/// what makes weights or codes of its numbers.
class PackedWeights {
 public:
  /// @param prefix      of all names
  /// @param has_groups  see pool_weights()
  PackedWeights(
      const Graph& graph,
      const QuantizedModel& model,
      const IntegerInputs& inputs,
      const std::string& prefix,
      const MakePackedConstants& make_constants,
      bool has_groups);

  /// Adds what a layer's weight needs that is not there yet.
  ///
  /// @param weight  the float weight that is replaced
  /// @return name of the weight
  [[nodiscard]] std::string add(
      const QuantizedLayer& layer,
      const Value& weight,
      GraphBuilder& builder) const;

  /// What the file holds of a layer's weight, and the name of the scales of its
  /// DequantizeLinear.
  [[nodiscard]] const PackedConstants& constants_of(
      const QuantizedLayer& layer) const;
  [[nodiscard]] std::string scale_name(const QuantizedLayer& layer) const;

 private:
  void name_everything(const std::string& prefix);
  void add_pool(const PackedPool& pool, GraphBuilder& builder) const;
  void add_group(const PackedGroup& group, GraphBuilder& builder) const;
  /// The nodes that make floats of the numbers of a group in their shape.
  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> float_nodes(
      const PackedGroup& group, GraphBuilder& builder) const;
  /// Scales, zero points or shifts of a group in a form that broadcasts.
  [[nodiscard]] Constant numbers_of(
      const PackedGroup& group,
      const std::function<Constant(const PackedConstants&)>& role) const;
  /// The same by name: those of blocks are repeated for the elements of each.
  [[nodiscard]] std::string repeated(
      const PackedGroup& group,
      const std::string& numbers,
      GraphBuilder& builder) const;
  /// What the functions give of a weight: codes or floats.
  [[nodiscard]] std::string unpacked_name(std::size_t weight) const;
  /// Numbers of a group as they come out of its pool.
  [[nodiscard]] std::string numbers_name(const PackedGroup& group) const;
  [[nodiscard]] Shape shape_of(const PackedGroup& group) const;
  /// Adds the DequantizeLinear that computes the weight from codes.
  void add_dequantizer(std::size_t weight, GraphBuilder& builder) const;
  /// Name of a constant that several need: the first one adds it.
  [[nodiscard]] std::string add_shared(
      const std::string& name,
      const std::string& own,
      Constant constant,
      GraphBuilder& builder) const;

  std::vector<PackedWeight> weights_;
  /// Their names, "w3", and positions by layer; layers that share a weight
  /// share these.
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<PackedPool> pools_;
  /// Names of the constants that hold a shape, or zero points for
  /// DequantizeLinear by type, number and count (-1: a scalar).
  std::map<Shape, std::string> shape_names_;
  std::map<std::tuple<DataType, std::int64_t, std::int64_t>, std::string>
      zero_names_;
};

}  // namespace ompq::detail
