// SPDX-License-Identifier: MIT
#include "ompq/engine/quantizer_chain.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/engine/fusion.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq {
namespace {

/// The only element of a constant input of one element.
std::optional<double> constant_number(
    const Graph& graph, const Node& node, std::size_t index) {
  const Constant* constant = graph.constant_input(node, index);
  if (constant == nullptr || constant->size() != 1) {
    return std::nullopt;
  }
  return constant->to_double().front();
}

/// Grid, scale and zero point of a QuantizeLinear or DequantizeLinear of a
/// whole tensor; `codes` is the value that holds its integers.
std::optional<FakeQuantize> settings_of(
    const Graph& graph, const Node& node, ValueId codes) {
  const auto grid = detail::grid_of(graph.value(codes).type);
  const auto scale = constant_number(graph, node, 1);
  const auto zero_point = node.input(2).has_value()
                              ? constant_number(graph, node, 2)
                              : std::optional(0.0);
  const Constant* scale_constant = graph.constant_input(node, 1);
  const bool is_known = grid && scale && zero_point &&
                        scale_constant->type() == DataType::Float32 &&
                        node.integer("block_size", 0) == 0 &&
                        std::isfinite(*scale) && *scale > 0;
  if (!is_known) {
    return std::nullopt;
  }
  return FakeQuantize{
      .grid = *grid,
      .parameters = {
          .scale = static_cast<float>(*scale),
          .zero_point = static_cast<std::int32_t>(*zero_point)}};
}

/// The node that computes the value, if that is all the value is for.
const Node* only_for_its_reader(
    const Graph& graph, ValueId id, const std::unordered_set<ValueId>& kept) {
  const Value& value = graph.value(id);
  const bool may_merge = value.producer.has_value() &&
                         value.consumers.size() == 1 && !kept.contains(id) &&
                         !graph.is_output(id);
  return may_merge ? &graph.node(*value.producer) : nullptr;
}

/// Puts the clamp of `range` before what the settings do.
void prepend_clamp(FakeQuantize& settings, const ClampRange& range) {
  const float low = settings.low;
  const float high = settings.high;
  settings.low = std::clamp(range.low, low, high);
  settings.high = std::clamp(range.high, low, high);
}

/// The chain that ends at a DequantizeLinear.
std::optional<QuantizerChain> chain_ending_at(
    const Graph& graph,
    const Node& last,
    const std::unordered_set<ValueId>& kept,
    const std::unordered_set<NodeId>& taken) {
  if (last.op_type != "DequantizeLinear" || !last.domain.empty()) {
    return std::nullopt;
  }
  const ValueId codes = *last.input(0);
  const Node* quantize = only_for_its_reader(graph, codes, kept);
  if (quantize == nullptr || quantize->op_type != "QuantizeLinear" ||
      !quantize->domain.empty() ||
      graph.value(*quantize->input(0)).type != DataType::Float32) {
    return std::nullopt;
  }
  const auto settings = settings_of(graph, last, codes);
  const auto before = settings_of(graph, *quantize, codes);
  if (!settings || !before || settings->parameters != before->parameters ||
      graph.value(*quantize->input(0)).constant.has_value()) {
    return std::nullopt;
  }
  QuantizerChain chain{
      .nodes = {quantize->id, last.id},
      .input = *quantize->input(0),
      .output = *last.output(0),
      .settings = *settings};
  for (;;) {
    const Node* node = only_for_its_reader(graph, chain.input, kept);
    const auto range =
        node != nullptr ? clamp_range(graph, *node) : std::nullopt;
    if (!range.has_value() || taken.contains(node->id)) {
      return chain;
    }
    prepend_clamp(chain.settings, *range);
    chain.nodes.insert(chain.nodes.begin(), node->id);
    chain.input = *node->input(0);
  }
}

}  // namespace

std::vector<QuantizerChain> find_quantizer_chains(
    const Graph& graph,
    const std::unordered_set<ValueId>& kept,
    const std::unordered_set<NodeId>& taken) {
  std::vector<QuantizerChain> chains;
  for (const Node& node : graph.nodes()) {
    if (auto chain = chain_ending_at(graph, node, kept, taken)) {
      chains.push_back(std::move(*chain));
    }
  }
  return chains;
}

at::Tensor fake_quantize_tensor(
    const FakeQuantize& settings, const at::Tensor& input, bool in_place) {
  constexpr std::int64_t kGrain = 1 << 14;
  const at::Tensor source =
      input.is_non_overlapping_and_dense() ? input : input.contiguous();
  at::Tensor result = in_place ? source : at::empty_like(source);
  const float* from = source.data_ptr<float>();
  float* to = result.data_ptr<float>();
  at::parallel_for(
      0, source.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        const auto size = static_cast<std::size_t>(end - begin);
        fake_quantize(
            settings,
            std::span<const float>(from + begin, size),
            std::span<float>(to + begin, size),
            static_cast<std::uint64_t>(begin));
      });
  return result;
}

}  // namespace ompq
