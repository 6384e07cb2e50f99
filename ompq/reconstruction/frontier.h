// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/reconstruction/tensor_store.h"

namespace ompq {

/// The values between the units that have run and those that have not, for all
/// calibration examples, of the float and of the quantized network.
///
/// Examples come in groups: what the network takes in one run at least, one
/// example unless its file fixes the batch. A value is one tensor whose first
/// dimension holds the groups one after the other.
class OMPQ_API Frontier {
 public:
  enum class Side { Float, Quantized };

  Frontier(std::int64_t groups, TensorStore store);

  [[nodiscard]] std::int64_t groups() const { return groups_; }

  /// Stores groups [first, first + count) of a value; its size follows from the
  /// first part that is stored.
  ///
  /// @throws Error{Unsupported}  its first dimension does not hold the groups
  void store(
      const std::string& value,
      Side side,
      std::int64_t first,
      std::int64_t count,
      const at::Tensor& part);

  /// The quantized side is the float one: nothing before this value is
  /// quantized.
  void share(const std::string& value);

  /// Groups [first, first + count) of a value, without a copy.
  [[nodiscard]] at::Tensor range(
      const std::string& value,
      Side side,
      std::int64_t first,
      std::int64_t count) const;

  /// Some groups of a value, one after the other. Each element comes from the
  /// float side with probability `float_share`, otherwise from the quantized
  /// one (QDrop); `seed` decides which.
  [[nodiscard]] at::Tensor mixed(
      const std::string& value,
      std::span<const std::int64_t> groups,
      double float_share,
      std::uint64_t seed) const;

  void drop(const std::string& value);

  [[nodiscard]] const TensorStore& memory() const { return store_; }

 private:
  struct Sides {
    at::Tensor of_float;
    at::Tensor of_quantized;
  };

  std::int64_t groups_;
  TensorStore store_;
  std::unordered_map<std::string, Sides> values_;
};

}  // namespace ompq
