// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/engine/operator.h"

namespace ompq {

/// Integers that an operator takes as an input tensor (axes, pads, a shape):
/// read once if the graph knows them, otherwise from the tensor at every run.
class IntegerInput {
 public:
  IntegerInput(const Node& node, const Graph& graph, std::size_t index);

  [[nodiscard]] bool is_present() const { return is_present_; }

  /// The values; empty if the input is absent.
  ///
  /// @throws Error{InvalidData}  the tensor's elements are not integers
  [[nodiscard]] std::vector<std::int64_t> read(const Tensors& inputs) const;

 private:
  std::size_t index_;
  bool is_present_;
  std::optional<std::vector<std::int64_t>> constant_;
};

/// A number that an operator takes as an input tensor of one element.
class ScalarInput {
 public:
  ScalarInput(const Node& node, const Graph& graph, std::size_t index);

  /// The value, or nullopt if the input is absent.
  ///
  /// @throws Error{ShapeMismatch}  the tensor has not exactly one element
  [[nodiscard]] std::optional<c10::Scalar> read(const Tensors& inputs) const;

 private:
  std::size_t index_;
  std::optional<c10::Scalar> constant_;
};

/// Input `index`, or an undefined tensor if it is left out.
[[nodiscard]] at::Tensor optional_input(
    const Tensors& inputs, std::size_t index);

/// `axis` counted from the front.
///
/// @throws Error{ShapeMismatch}  axis is outside [-rank, rank)
[[nodiscard]] std::int64_t positive_axis(std::int64_t axis, std::int64_t rank);

/// Every axis counted from the front, in the given order.
///
/// @throws Error{ShapeMismatch}  an axis is out of range or appears twice
[[nodiscard]] std::vector<std::int64_t> positive_axes(
    const std::vector<std::int64_t>& axes, std::int64_t rank);

/// Indices along an axis of `size` elements with negative ones counted from
/// the end, as int64.
[[nodiscard]] at::Tensor positive_indices(
    const at::Tensor& indices, std::int64_t size);

/// Element type of input `index` according to the graph; if the graph does not
/// know it, according to the tensor.
[[nodiscard]] DataType declared_type(
    const Node& node, const Graph& graph, std::size_t index);

}  // namespace ompq
