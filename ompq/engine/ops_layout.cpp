// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

Operator make_transpose(const Node& node, const Graph& /*graph*/) {
  return [given = node.integers("perm", {})](const Tensors& inputs) -> Tensors {
    Sizes order = given;
    for (auto axis = inputs[0].dim(); given.empty() && axis > 0; --axis) {
      order.push_back(axis - 1);
    }
    return {inputs[0].permute(order)};
  };
}

Operator make_concat(const Node& node, const Graph& /*graph*/) {
  OMPQ_CHECK(
      node.has("axis"), ErrorCode::InvalidModel, "attribute axis is missing");
  return [axis = node.integer("axis", 0)](const Tensors& inputs) -> Tensors {
    return {at::cat(inputs, positive_axis(axis, inputs[0].dim()))};
  };
}

/// `parts` sizes that differ only in the last one, which may be smaller.
Sizes even_parts(std::int64_t size, std::int64_t parts) {
  const std::int64_t each = (size + parts - 1) / parts;
  Sizes result;
  for (std::int64_t i = 0; i < parts; ++i) {
    result.push_back(std::clamp<std::int64_t>(size - i * each, 0, each));
  }
  return result;
}

Operator make_split(const Node& node, const Graph& graph) {
  const auto outputs = static_cast<std::int64_t>(node.outputs.size());
  return [sizes_input = IntegerInput(node, graph, 1),
          given = node.integer("axis", 0),
          parts = node.integer("num_outputs", outputs),
          outputs](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const std::int64_t size = inputs[0].size(axis);
    const Sizes sizes = sizes_input.is_present() ? sizes_input.read(inputs)
                                                 : even_parts(size, parts);
    OMPQ_CHECK(
        static_cast<std::int64_t>(sizes.size()) == outputs,
        ErrorCode::ShapeMismatch,
        "splits into {} parts but has {} outputs",
        sizes.size(),
        outputs);
    return inputs[0].split_with_sizes(sizes, axis);
  };
}

std::int64_t read_block_size(const Node& node) {
  const std::int64_t size = node.integer("blocksize", 0);
  OMPQ_CHECK(
      size >= 1,
      ErrorCode::InvalidModel,
      "blocksize must be at least 1, got {}",
      size);
  return size;
}

void check_image(const at::Tensor& input) {
  OMPQ_CHECK(
      input.dim() == 4,
      ErrorCode::ShapeMismatch,
      "expected [N, C, H, W], got shape {}",
      to_string(input.sizes().vec()));
}

/// DCR takes the block position from the high part of the channel index, CRD
/// from the low part.
Operator make_depth_to_space(const Node& node, const Graph& /*graph*/) {
  const std::string mode = node.text("mode", "DCR");
  OMPQ_CHECK(
      mode == "DCR" || mode == "CRD",
      ErrorCode::InvalidModel,
      "mode must be DCR or CRD, got '{}'",
      mode);
  return [is_crd = mode == "CRD",
          b = read_block_size(node)](const Tensors& inputs) -> Tensors {
    const at::Tensor& x = inputs[0];
    check_image(x);
    const std::int64_t n = x.size(0);
    const std::int64_t c = x.size(1) / (b * b);
    const std::int64_t h = x.size(2);
    const std::int64_t w = x.size(3);
    const at::Tensor blocks =
        is_crd ? x.reshape({n, c, b, b, h, w}).permute({0, 1, 4, 2, 5, 3})
               : x.reshape({n, b, b, c, h, w}).permute({0, 3, 4, 1, 5, 2});
    return {blocks.reshape({n, c, h * b, w * b})};
  };
}

Operator make_space_to_depth(const Node& node, const Graph& /*graph*/) {
  return [b = read_block_size(node)](const Tensors& inputs) -> Tensors {
    const at::Tensor& x = inputs[0];
    check_image(x);
    const std::int64_t n = x.size(0);
    const std::int64_t c = x.size(1);
    const std::int64_t h = x.size(2) / b;
    const std::int64_t w = x.size(3) / b;
    return {x.reshape({n, c, h, b, w, b})
                .permute({0, 3, 5, 1, 2, 4})
                .reshape({n, c * b * b, h, w})};
  };
}

/// Reverses the first sequence_lens[i] steps of sequence i.
Operator make_reverse_sequence(const Node& node, const Graph& /*graph*/) {
  return [batch_axis = node.integer("batch_axis", 1),
          time_axis =
              node.integer("time_axis", 0)](const Tensors& inputs) -> Tensors {
    OMPQ_CHECK(
        batch_axis + time_axis == 1 && batch_axis * time_axis == 0,
        ErrorCode::InvalidModel,
        "batch_axis and time_axis must be 0 and 1, got {} and {}",
        batch_axis,
        time_axis);
    const at::Tensor input =
        time_axis == 0 ? inputs[0] : inputs[0].transpose(0, 1);
    const at::Tensor lengths = inputs[1].to(at::kLong).unsqueeze(0);
    const at::Tensor step =
        at::arange(input.size(0), lengths.options()).unsqueeze(1);
    at::Tensor source = at::where(step < lengths, lengths - 1 - step, step);
    const at::Tensor batch =
        at::arange(input.size(1), lengths.options()).unsqueeze(0);
    const at::Tensor result = at::index(input, {source, batch});
    return {time_axis == 0 ? result : result.transpose(0, 1)};
  };
}

}  // namespace

std::span<const OperatorEntry> layout_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Concat", 1, kAnyNumber, make_concat},
      {"DepthToSpace", 1, 1, make_depth_to_space},
      {"ReverseSequence", 2, 2, make_reverse_sequence},
      {"SpaceToDepth", 1, 1, make_space_to_depth},
      {"Split", 1, 2, make_split},
      {"Transpose", 1, 1, make_transpose},
  };
  return kOperators;
}

}  // namespace ompq
