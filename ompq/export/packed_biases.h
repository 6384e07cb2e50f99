// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/export/packed_weights.h"

namespace ompq::detail {

/// Writes biases: as int32 codes where an integer kernel reads them, since a
/// runtime would make integers of floats when it loads the file, by many nodes
/// for each; as floats elsewhere.
///
/// Scales of codes are weight scale x input scale. Those of many layers are
/// computed together, so that a runtime has few nodes to fold:
///
///   weight scales [C] = Concat(those of each layer)
///   positions [C]     = CumSum(1 where a layer but the first begins, else 0)
///   scales [C]        = weight scales x Gather(input scales [L], positions)
///
/// with the C channels of L layers one behind the other.
class PackedBiases {
 public:
  /// @param weights  outlives this
  /// @param prefix   of all names
  PackedBiases(
      const Graph& graph,
      const QuantizedModel& model,
      const IntegerInputs& inputs,
      const PackedWeights& weights,
      const std::string& prefix);

  /// Adds what a layer's bias needs that is not there yet.
  ///
  /// @return name of the bias
  [[nodiscard]] std::string add(
      const QuantizedLayer& layer, GraphBuilder& builder) const;

 private:
  struct Bias {
    std::string name;
    /// Absent: the bias stays float.
    std::optional<std::vector<std::int32_t>> codes;
    float input_scale = 1.0F;
    /// Names of its weight's scales and of its own.
    std::string weight_scale;
    std::string scale;
  };

  void add_pool(GraphBuilder& builder) const;
  void add_positions(
      const std::vector<std::int64_t>& sizes, GraphBuilder& builder) const;
  /// The scale of a bias that is not in the pool.
  void add_own_scale(const Bias& bias, GraphBuilder& builder) const;

  /// By layer.
  std::unordered_map<std::string, Bias> biases_;
  /// Layers whose scales are computed together, in order.
  std::vector<std::string> pool_;
  /// Of the names that the pool needs.
  std::string stem_;
};

}  // namespace ompq::detail
