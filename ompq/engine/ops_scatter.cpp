// SPDX-License-Identifier: MIT
#include <functional>
#include <numeric>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

std::int64_t product(at::IntArrayRef sizes) {
  return std::accumulate(
      sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

/// Number of the row that each index vector [..., K] points at, in a tensor
/// whose first K axes have the given sizes and are flattened.
at::Tensor row_numbers(const at::Tensor& indices, at::IntArrayRef sizes) {
  at::Tensor rows = at::zeros(
      indices.sizes().slice(0, static_cast<std::size_t>(indices.dim() - 1)),
      indices.options().dtype(at::kLong));
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const at::Tensor index = positive_indices(
        indices.select(-1, static_cast<std::int64_t>(i)), sizes[i]);
    OMPQ_CHECK(
        index.numel() == 0 || (index.min().item<std::int64_t>() >= 0 &&
                               index.max().item<std::int64_t>() < sizes[i]),
        ErrorCode::InvalidData,
        "an index is out of range for axis {} of size {}",
        i,
        sizes[i]);
    rows = rows * sizes[i] + index;
  }
  return rows;
}

void check_depth(std::int64_t depth, std::int64_t rank) {
  OMPQ_CHECK(
      depth <= rank,
      ErrorCode::ShapeMismatch,
      "index vectors have {} entries for {} axes",
      depth,
      rank);
}

/// output[b, i...] = input[b, indices[b, i..., :]]
Operator make_gather_nd(const Node& node, const Graph& /*graph*/) {
  return [batch =
              node.integer("batch_dims", 0)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const at::Tensor& indices = inputs[1];
    const auto batches = static_cast<std::size_t>(batch);
    const auto depth = static_cast<std::size_t>(indices.size(-1));
    check_depth(indices.size(-1) + batch, input.dim());
    const auto sizes = input.sizes();
    const auto indexed = sizes.slice(batches, depth);
    const auto rest = sizes.slice(batches + depth);
    const std::int64_t count = product(sizes.slice(0, batches));
    Sizes flat{count * product(indexed)};
    flat.insert(flat.end(), rest.begin(), rest.end());
    const at::Tensor rows = row_numbers(indices, indexed).reshape({count, -1});
    const at::Tensor offset =
        at::arange(count, rows.options()).unsqueeze(1) * product(indexed);
    Sizes shape = indices.sizes().vec();
    shape.pop_back();
    shape.insert(shape.end(), rest.begin(), rest.end());
    return {input.reshape(flat)
                .index_select(0, (rows + offset).reshape({-1}))
                .reshape(shape)};
  };
}

/// What happens where an update meets an element.
enum class ScatterMode { Replace, Add, Multiply };

ScatterMode read_scatter_mode(const Node& node) {
  const std::string text = node.text("reduction", "none");
  if (text == "none") {
    return ScatterMode::Replace;
  }
  if (text == "add") {
    return ScatterMode::Add;
  }
  OMPQ_CHECK(
      text == "mul",
      ErrorCode::Unsupported,
      "reduction must be none, add or mul, got '{}'",
      text);
  return ScatterMode::Multiply;
}

at::Tensor scatter(
    const at::Tensor& input,
    std::int64_t axis,
    const at::Tensor& index,
    const at::Tensor& updates,
    ScatterMode mode) {
  switch (mode) {
    case ScatterMode::Replace:
      return at::scatter(input, axis, index, updates);
    case ScatterMode::Add:
      return at::scatter_add(input, axis, index, updates);
    case ScatterMode::Multiply:
      break;
  }
  return at::scatter(input, axis, index, updates, "multiply");
}

Operator make_scatter_elements(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", 0),
          mode = read_scatter_mode(node)](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const at::Tensor index = positive_indices(inputs[1], inputs[0].size(axis));
    return {scatter(inputs[0], axis, index, inputs[2], mode)};
  };
}

/// Like GatherND, the other way round: updates go where the indices point.
Operator make_scatter_nd(const Node& node, const Graph& /*graph*/) {
  return [mode = read_scatter_mode(node)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const at::Tensor& indices = inputs[1];
    check_depth(indices.size(-1), input.dim());
    const auto depth = static_cast<std::size_t>(indices.size(-1));
    const auto indexed = input.sizes().slice(0, depth);
    const std::int64_t width = product(input.sizes().slice(depth));
    const at::Tensor rows = row_numbers(indices, indexed).reshape({-1, 1});
    const at::Tensor updates = inputs[2].reshape({rows.size(0), width});
    return {scatter(
                input.reshape({product(indexed), width}),
                0,
                rows.expand({rows.size(0), width}),
                updates,
                mode)
                .reshape(input.sizes())};
  };
}

}  // namespace

std::span<const OperatorEntry> scatter_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"GatherND", 2, 2, make_gather_nd},
      {"ScatterElements", 3, 3, make_scatter_elements},
      {"ScatterND", 3, 3, make_scatter_nd},
  };
  return kOperators;
}

}  // namespace ompq
