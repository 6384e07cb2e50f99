// SPDX-License-Identifier: MIT
#include "ompq/pipeline/verify_export.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

using ValuesByName = std::unordered_map<std::string, at::Tensor>;

/// One sample: that the networks take the same number of them is seen from
/// their shapes.
Tensors random_inputs(const Graph& graph, std::uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  Tensors inputs;
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    const auto shape = shape_at_batch(value);
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

/// Is shown a value of a network by name, and may change it.
using ValueVisitor =
    std::function<void(const std::string& name, const at::Tensor& value)>;

/// Shows some values of a network, each as soon as it is computed, outputs
/// last.
void run_tapped(
    const Graph& graph,
    const std::vector<ValueId>& shown,
    const Tensors& inputs,
    const ValueVisitor& visit) {
  NetworkOptions options{.taps = {}, .fuse = false};
  std::ranges::copy_if(
      shown, std::back_inserter(options.taps), [&](ValueId id) {
        return !graph.is_output(id);
      });
  const at::NoGradGuard no_gradients;
  const Network network(graph, options);
  Tensors copies;
  for (const at::Tensor& input : inputs) {
    copies.push_back(input.clone());
  }
  const auto outputs =
      network.run({std::move(copies)}, [&](const TapEvent& event) {
        visit(graph.value(options.taps[event.tap]).name, event.slices.front());
        return false;
      });
  for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
    const ValueId id = graph.outputs()[i];
    if (std::ranges::find(shown, id) != shown.end()) {
      visit(graph.value(id).name, outputs.front()[i]);
    }
  }
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

/// The values to compare, in the order in which the simulation computes them.
std::vector<ValueId> compared_values(
    const Graph& exported,
    const Graph& simulation,
    const VerificationOptions& options) {
  std::vector<ValueId> result;
  for (const Value& value : simulation.values()) {
    if (value.producer.has_value() && value.type == DataType::Float32 &&
        exported.find_value(value.name).has_value() &&
        !(options.rounds && !is_quantized(simulation, value)) &&
        !(options.moves_limits && is_limited(simulation, value))) {
      result.push_back(value.id);
    }
  }
  return result;
}

/// How far each of the exported network's values is from the simulation's, by
/// name. Where it `rounds`, what follows reads the simulation's, so that
/// differences do not add up.
std::unordered_map<std::string, double> differences_of(
    const Graph& exported,
    const Graph& simulation,
    const std::vector<ValueId>& compared,
    const Tensors& inputs,
    bool rounds) {
  ValuesByName expected;
  run_tapped(
      simulation,
      compared,
      inputs,
      [&](const std::string& name, const at::Tensor& value) {
        expected.emplace(name, value);
      });
  std::vector<ValueId> computed;
  for (const ValueId id : compared) {
    const Value& value =
        exported.value(*exported.find_value(simulation.value(id).name));
    if (value.producer.has_value() && value.type == DataType::Float32) {
      computed.push_back(value.id);
    }
  }
  std::unordered_map<std::string, double> result;
  run_tapped(
      exported,
      computed,
      inputs,
      [&](const std::string& name, const at::Tensor& value) {
        const at::Tensor& known = expected.at(name);
        result.emplace(name, difference(value, known, rounds));
        if (rounds && value.sizes() == known.sizes()) {
          value.copy_(known);
        }
      });
  return result;
}

}  // namespace

Verification verify_export(
    const Graph& exported,
    const Graph& simulation,
    const std::string& where,
    const VerificationOptions& options) {
  const std::vector<ValueId> compared =
      compared_values(exported, simulation, options);
  const auto differences = differences_of(
      exported,
      simulation,
      compared,
      random_inputs(simulation, options.seed),
      options.rounds);
  Verification result;
  for (const ValueId id : compared) {
    const Value& value = simulation.value(id);
    const auto found = differences.find(value.name);
    OMPQ_CHECK(
        found != differences.end(),
        ErrorCode::Internal,
        "[export] {}: the exported network does not compute '{}'; nothing was "
        "written",
        where,
        value.name);
    OMPQ_CHECK(
        exported.value(*exported.find_value(value.name)).shape == value.shape,
        ErrorCode::Internal,
        "[export] {}: '{}' has another shape than in the simulation; nothing "
        "was written",
        where,
        value.name);
    OMPQ_CHECK(
        found->second <= options.tolerance,
        ErrorCode::Internal,
        "[export] {}: node '{}' gives '{}' {:.3g} of its size away from the "
        "simulation; {:.3g} is allowed. Nothing was written",
        where,
        simulation.node(*value.producer).name,
        value.name,
        found->second,
        options.tolerance);
    ++result.values;
    result.largest_difference =
        std::max(result.largest_difference, found->second);
  }
  return result;
}

}  // namespace ompq
