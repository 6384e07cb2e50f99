// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/gradient_pass.h"

#include <algorithm>
#include <random>
#include <unordered_map>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/reconstruction/sampled_loss.h"

namespace ompq {
namespace {

/// Numbers that the values of examples which run together may hold: 256 MiB of
/// float32 that are kept for the way back.
constexpr std::int64_t kNumbers = std::int64_t{1} << 26;

/// Examples that run together; at least one.
std::int64_t examples_together(const Graph& graph) {
  std::int64_t numbers = 1;
  for (const Value& value : graph.values()) {
    const auto shape = shape_at_batch(value);
    if (!value.constant.has_value() && shape.has_value()) {
      numbers += element_count(*shape);
    }
  }
  return std::max<std::int64_t>(1, kNumbers / numbers);
}

/// Micro-batches that are small enough, where the network takes any number.
std::vector<Tensors> small_batches(
    const PreparedModel& model, const std::vector<Tensors>& micro_batches) {
  if (!model.is_batch_polymorphic) {
    return micro_batches;
  }
  const std::int64_t most = examples_together(model.graph);
  std::vector<Tensors> result;
  for (const Tensors& inputs : micro_batches) {
    const std::int64_t count = inputs.front().size(0);
    for (std::int64_t first = 0; first < count; first += most) {
      Tensors& part = result.emplace_back();
      for (const at::Tensor& input : inputs) {
        part.push_back(input.narrow(0, first, std::min(most, count - first)));
      }
    }
  }
  return result;
}

class GradientPass {
 public:
  explicit GradientPass(const PreparedModel& model)
      : model_(model),
        taps_(make_taps(model)),
        network_(model.graph, {.taps = taps_, .fuse = false}) {}

  /// The tapped values of a run are found by their id.
  using Values = std::unordered_map<ValueId, at::Tensor>;

  /// Runs forwards and backwards.
  Values run(const Tensors& examples, std::mt19937_64& random) const {
    Values values;
    Tensors inputs;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      inputs.push_back(examples[i].detach().requires_grad_(true));
      values[model_.graph.inputs()[i]] = inputs.back();
    }
    const Tap tap = [&](const TapEvent& event) {
      const at::Tensor& value = event.slices.front();
      values[taps_[event.tap]] = value;
      if (value.requires_grad()) {
        value.retain_grad();
      }
      return false;
    };
    const Tensors outputs = network_.run({inputs}, tap).front();
    at::Tensor loss;
    for (const at::Tensor& output : outputs) {
      if (output.requires_grad()) {
        const at::Tensor part = sampled_loss(output, random);
        loss = loss.defined() ? loss + part : part;
      }
    }
    if (loss.defined()) {
      loss.backward();
    }
    return values;
  }

  [[nodiscard]] LayerGradient layer_gradient(
      const Values& values, std::size_t layer) const {
    const Layer& row = model_.layers.layers[layer];
    const Node& node = model_.graph.node(row.node);
    const auto input = values.find(*node.input(0));
    const auto output = values.find(*node.outputs.front());
    OMPQ_CHECK(
        input != values.end() && output != values.end() &&
            output->second.grad().defined(),
        ErrorCode::Unsupported,
        "[search] layer '{}': no gradient of the network's outputs reaches it "
        "(a choice such as ArgMax has none); use --score sqnr",
        row.name);
    const at::Tensor& gradient = output->second.grad();
    OMPQ_CHECK(
        at::isfinite(gradient).all().item<bool>(),
        ErrorCode::InvalidData,
        "[search] layer '{}': the gradient at its output holds NaN or infinite "
        "numbers; look for damaged calibration data, or use --score sqnr",
        row.name);
    return {
        .layer = layer, .input = input->second.detach(), .gradient = gradient};
  }

 private:
  static std::vector<ValueId> make_taps(const PreparedModel& model) {
    std::vector<ValueId> taps;
    for (const Layer& layer : model.layers.layers) {
      const Node& node = model.graph.node(layer.node);
      for (const ValueId value : {*node.input(0), *node.outputs.front()}) {
        if (std::ranges::find(taps, value) == taps.end()) {
          taps.push_back(value);
        }
      }
    }
    return taps;
  }

  const PreparedModel& model_;
  std::vector<ValueId> taps_;
  Network network_;
};

}  // namespace

void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    std::uint64_t seed,
    const GradientVisitor& visit,
    Observer& observer) {
  const GradientPass pass(model);
  std::mt19937_64 random(seed);
  std::int64_t done = 0;
  for (const Tensors& examples : small_batches(model, micro_batches)) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    const GradientPass::Values values = pass.run(examples, random);
    for (std::size_t i = 0; i < model.layers.layers.size(); ++i) {
      visit(pass.layer_gradient(values, i));
    }
    observer.advance(done += examples.front().size(0));
  }
}

}  // namespace ompq
