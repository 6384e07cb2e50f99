// SPDX-License-Identifier: MIT
#include "ompq/pipeline/verify_export.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/qdq_graph.h"

namespace ompq {
namespace {

using ValuesByName = std::unordered_map<std::string, at::Tensor>;

/// Two samples where the network takes several.
Tensors random_inputs(const Graph& graph, std::uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  Tensors inputs;
  const std::int64_t batch = is_batch_polymorphic(graph) ? 2 : 1;
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    const auto shape = shape_at_batch(value, batch);
    OMPQ_CHECK(
        shape.has_value(),
        ErrorCode::Unsupported,
        "[export] input '{}': its shape is not known, so the file cannot be "
        "compared with the simulation; give --input-shape",
        value.name);
    // Integers may be indices: 0 and 1 are mostly there.
    const bool is_real = is_floating_point(value.type);
    const at::Tensor numbers = at::randn(*shape, generator);
    inputs.push_back(
        (is_real ? numbers : numbers.gt(0)).to(to_scalar_type(value.type)));
  }
  return inputs;
}

/// Values inside and at the end of a network that `wanted` knows by name. Where
/// `forced` has a value, what follows reads that one, so that differences do
/// not add up.
ValuesByName run_tapped(
    const Graph& graph,
    const Graph& wanted,
    const Tensors& inputs,
    const ValuesByName& forced = {}) {
  NetworkOptions options{.taps = {}, .fuse = false};
  for (const Value& value : graph.values()) {
    if (value.producer.has_value() && value.type == DataType::Float32 &&
        wanted.find_value(value.name).has_value()) {
      options.taps.push_back(value.id);
    }
  }
  const Network network(graph, options);
  ValuesByName values;
  Tensors copies;
  for (const at::Tensor& input : inputs) {
    copies.push_back(input.clone());
  }
  const auto outputs =
      network.run({std::move(copies)}, [&](const TapEvent& event) {
        const Value& value = graph.value(options.taps[event.tap]);
        const at::Tensor& computed = event.slices.front();
        values[value.name] = computed.clone();
        const auto other = forced.find(value.name);
        if (other != forced.end() &&
            other->second.sizes() == computed.sizes()) {
          computed.copy_(other->second);
        }
        return false;
      });
  for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
    values[graph.value(graph.outputs()[i]).name] = outputs.front()[i];
  }
  return values;
}

/// True for what a Relu or Clip computes for a quantizer alone.
bool is_limited(const Graph& graph, const Value& value) {
  if (!value.producer || value.consumers.size() != 1) {
    return false;
  }
  const std::string& op_type = graph.node(*value.producer).op_type;
  const std::string& reader = graph.node(value.consumers.front()).op_type;
  return (op_type == "Relu" || op_type == "Clip") && reader == "QuantizeLinear";
}

bool is_quantized(const Graph& graph, const Value& value) {
  return graph.is_output(value.id) ||
         (value.producer.has_value() &&
          graph.node(*value.producer).op_type == "DequantizeLinear");
}

/// By the largest element or, if `by_mean_square`, by all of them.
double difference(
    const at::Tensor& a, const at::Tensor& b, bool by_mean_square) {
  if (a.sizes() != b.sizes()) {
    return std::numeric_limits<double>::infinity();
  }
  if (a.numel() == 0 || at::equal(a, b)) {
    return 0.0;
  }
  const at::Tensor expected = b.to(at::kDouble);
  const at::Tensor apart = a.to(at::kDouble) - expected;
  const auto size = [&](const at::Tensor& tensor) {
    return by_mean_square ? tensor.square().mean().sqrt().item<double>()
                          : tensor.abs().max().item<double>();
  };
  const double distance = size(apart);
  return distance == 0.0 ? 0.0 : distance / std::max(size(expected), 1e-30);
}

}  // namespace

Verification verify_export(
    const Graph& exported,
    const Graph& float_graph,
    const QuantizedModel& model,
    const std::string& where,
    const VerificationOptions& options) {
  const Graph simulation = infer_shapes(to_qdq_graph(float_graph, model));
  const Tensors inputs = random_inputs(simulation, options.seed);
  const ValuesByName expected = run_tapped(simulation, exported, inputs);
  ValuesByName quantized;
  for (const auto& [name, value] : expected) {
    if (is_quantized(
            simulation, simulation.value(*simulation.find_value(name)))) {
      quantized.emplace(name, value);
    }
  }
  const ValuesByName computed = run_tapped(
      exported,
      simulation,
      inputs,
      options.rounds ? quantized : ValuesByName());
  Verification result;
  for (const Value& value : simulation.values()) {
    const auto known = expected.find(value.name);
    if (known == expected.end() ||
        (options.rounds && !is_quantized(simulation, value)) ||
        (options.moves_limits && is_limited(simulation, value))) {
      continue;
    }
    const auto found = computed.find(value.name);
    OMPQ_CHECK(
        found != computed.end(),
        ErrorCode::Internal,
        "[export] {}: the exported network does not compute '{}'; nothing was "
        "written",
        where,
        value.name);
    const double apart =
        difference(found->second, known->second, options.rounds);
    OMPQ_CHECK(
        apart <= options.tolerance,
        ErrorCode::Internal,
        "[export] {}: node '{}' gives '{}' {:.3g} of its size away from the "
        "simulation; {:.3g} is allowed. Nothing was written",
        where,
        value.producer ? simulation.node(*value.producer).name : "",
        value.name,
        apart,
        options.tolerance);
    ++result.values;
    result.largest_difference = std::max(result.largest_difference, apart);
  }
  return result;
}

}  // namespace ompq
