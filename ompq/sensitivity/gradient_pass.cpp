// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/gradient_pass.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <unordered_map>
#include <unordered_set>

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
        network_(model.graph, {.taps = taps_, .fuse = false}) {
    for (const Layer& layer : model.layers.layers) {
      outputs_.insert(*model.graph.node(layer.node).outputs.front());
    }
  }

  /// The tapped values of a run, and the gradients of what layers compute, are
  /// found by their id.
  struct Values {
    std::unordered_map<ValueId, at::Tensor> values;
    std::unordered_map<ValueId, at::Tensor> gradients;
  };

  /// Runs forwards and backwards.
  Values run(
      const Tensors& examples,
      std::size_t part,
      const OutputLoss& loss_of) const {
    Values found;
    Tensors inputs;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      inputs.push_back(examples[i].detach().requires_grad_(true));
      found.values[model_.graph.inputs()[i]] = inputs.back();
    }
    const Tap tap = [&](const TapEvent& event) {
      const at::Tensor& value = event.slices.front();
      const ValueId id = taps_[event.tap];
      found.values[id] = value;
      if (value.requires_grad() && outputs_.contains(id)) {
        // retain_grad() would copy it into another layout.
        value.register_hook([&found, id](const at::Tensor& gradient) {
          found.gradients[id] = gradient;
        });
      }
      return false;
    };
    const at::Tensor loss = loss_of(part, network_.run({inputs}, tap).front());
    if (loss.defined()) {
      loss.backward();
    }
    return found;
  }

  [[nodiscard]] LayerGradient layer_gradient(
      const Values& found, std::size_t layer) const {
    const Layer& row = model_.layers.layers[layer];
    const Node& node = model_.graph.node(row.node);
    const auto input = found.values.find(*node.input(0));
    const auto output = found.gradients.find(*node.outputs.front());
    OMPQ_CHECK(
        input != found.values.end() && output != found.gradients.end() &&
            output->second.defined(),
        ErrorCode::Unsupported,
        "[search] layer '{}': no gradient of the network's outputs reaches it "
        "(a choice such as ArgMax has none); use --score sqnr",
        row.name);
    const at::Tensor& gradient = output->second;
    OMPQ_CHECK(
        std::isfinite(gradient.sum().item<float>()),
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
  /// What layers compute.
  std::unordered_set<ValueId> outputs_;
  Network network_;
};

}  // namespace

void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const OutputLoss& loss,
    const GradientVisitor& visit,
    Observer& observer) {
  const GradientPass pass(model);
  std::int64_t done = 0;
  std::size_t part = 0;
  for (const Tensors& examples : small_batches(model, micro_batches)) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    const GradientPass::Values values = pass.run(examples, part++, loss);
    for (std::size_t i = 0; i < model.layers.layers.size(); ++i) {
      visit(pass.layer_gradient(values, i));
    }
    observer.advance(done += examples.front().size(0));
  }
}

void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    std::uint64_t seed,
    const GradientVisitor& visit,
    Observer& observer) {
  std::mt19937_64 random(seed);
  const OutputLoss loss = [&](std::size_t, const Tensors& outputs) {
    at::Tensor sum;
    for (const at::Tensor& output : outputs) {
      if (output.requires_grad()) {
        const at::Tensor one = sampled_loss(output, random);
        sum = sum.defined() ? sum + one : one;
      }
    }
    return sum;
  };
  visit_gradients(model, micro_batches, loss, visit, observer);
}

}  // namespace ompq
