// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/gradient_pass.h"

#include <algorithm>
#include <cmath>
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
constexpr std::int64_t kNumbersAtOnce = std::int64_t{1} << 26;

/// Examples that run together; at least one.
std::int64_t examples_together(const Graph& graph) {
  std::int64_t numbers = 1;
  for (const Value& value : graph.values()) {
    const auto shape = shape_at_batch(value);
    if (!value.constant.has_value() && shape.has_value()) {
      numbers += element_count(*shape);
    }
  }
  return std::max<std::int64_t>(1, kNumbersAtOnce / numbers);
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

/// What layers read, each value once.
std::vector<ValueId> values_read(const PreparedModel& model) {
  std::vector<ValueId> values;
  for (const Layer& layer : model.layers.layers) {
    const ValueId value = *model.graph.node(layer.node).input(0);
    if (std::ranges::find(values, value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

/// What layers compute; index = LayerId.
std::vector<ValueId> values_computed(const PreparedModel& model) {
  std::vector<ValueId> values;
  for (const Layer& layer : model.layers.layers) {
    values.push_back(*model.graph.node(layer.node).outputs.front());
  }
  return values;
}

class GradientPass {
 public:
  GradientPass(const PreparedModel& model, const GradientVisitor& visit)
      : model_(model),
        visit_(visit),
        read_(values_read(model)),
        network_(
            model.graph,
            {.taps = read_,
             .gradient_taps = values_computed(model),
             .on_gradient = [this](std::size_t layer, const at::Tensor& g) {
               visit_layer(layer, g);
             }}) {}

  /// Runs forwards and backwards; layers are visited on the way back, as long
  /// as their gradients are in the cache.
  void run(
      const Tensors& examples, std::size_t part, const LossOfOutputs& loss_of) {
    values_.clear();
    is_visited_.assign(model_.layers.layers.size(), false);
    for (std::size_t i = 0; i < examples.size(); ++i) {
      values_[model_.graph.inputs()[i]] = examples[i];
    }
    const Tap tap = [&](const TapEvent& event) {
      values_[read_[event.tap]] = event.slices.front();
      return false;
    };
    const at::Tensor loss =
        loss_of(part, network_.run({examples}, tap).front());
    if (loss.defined()) {
      loss.backward();
    }
    for (std::size_t layer = 0; layer < is_visited_.size(); ++layer) {
      OMPQ_CHECK(
          is_visited_[layer],
          ErrorCode::Unsupported,
          "[search] layer '{}': no gradient of the network's outputs reaches "
          "it (a choice such as ArgMax has none); use --score sqnr",
          model_.layers.layers[layer].name);
    }
  }

 private:
  void visit_layer(std::size_t layer, const at::Tensor& gradient) {
    const Node& node = model_.graph.node(model_.layers.layers[layer].node);
    const auto input = values_.find(*node.input(0));
    if (input == values_.end() || !gradient.defined()) {
      return;
    }
    is_visited_[layer] = true;
    visit_(
        {.layer = layer,
         .input = input->second.detach(),
         .gradient = gradient});
  }

  const PreparedModel& model_;
  const GradientVisitor& visit_;
  std::vector<ValueId> read_;
  Network network_;
  /// What layers read and which ones were visited, in the last run.
  std::unordered_map<ValueId, at::Tensor> values_;
  std::vector<bool> is_visited_;
};

}  // namespace

void check_gradient(const Layer& layer, double sum) {
  OMPQ_CHECK(
      std::isfinite(sum),
      ErrorCode::InvalidData,
      "[search] layer '{}': the gradient at its output holds NaN or infinite "
      "numbers; look for damaged calibration data, or use --score sqnr",
      layer.name);
}

void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LossOfOutputs& loss,
    const GradientVisitor& visit,
    Observer& observer) {
  GradientPass pass(model, visit);
  std::int64_t done = 0;
  std::size_t part = 0;
  for (const Tensors& examples : small_batches(model, micro_batches)) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    pass.run(examples, part++, loss);
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
  const LossOfOutputs loss = [&](std::size_t, const Tensors& outputs) {
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
