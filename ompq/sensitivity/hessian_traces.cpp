// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/hessian_traces.h"

#include <map>
#include <random>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/reconstruction/own_parameters.h"
#include "ompq/reconstruction/sampled_loss.h"
#include "ompq/sensitivity/gradient_pass.h"

namespace ompq {
namespace {

/// The weights of a layer and how far a step moves each of them.
struct LayerWeight {
  at::Tensor weight;
  double step = 0.0;
};

/// The same model over another graph with the same nodes.
PreparedModel with_graph(const PreparedModel& model, Graph graph) {
  PreparedModel result = model;
  for (Layer& layer : result.layers.layers) {
    layer.node = *graph.find_node(layer.name);
  }
  result.graph = std::move(graph);
  return result;
}

/// -1 or 1 for each weight.
at::Tensor random_signs(const at::Tensor& weight, std::mt19937_64& random) {
  std::vector<float> signs(static_cast<std::size_t>(weight.numel()));
  for (float& sign : signs) {
    sign = (random() >> 63U) == 0 ? -1.0F : 1.0F;
  }
  return at::tensor(signs).reshape(weight.sizes());
}

/// The divergence from outputs that are remembered in the first pass; up to a
/// constant.
class DivergenceLoss {
 public:
  [[nodiscard]] at::Tensor operator()(
      std::size_t part, const Tensors& outputs) {
    at::Tensor sum;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].requires_grad()) {
        continue;
      }
      const auto [entry, is_new] =
          expected_.try_emplace({part, i}, outputs[i].detach());
      const at::Tensor one = loss(entry->second, outputs[i]);
      sum = sum.defined() ? sum + one : one;
    }
    return sum;
  }

 private:
  static at::Tensor loss(const at::Tensor& expected, const at::Tensor& output) {
    if (is_class_scores(output)) {
      return -(log_probabilities(expected).exp() * log_probabilities(output))
                  .sum();
    }
    return 0.5 * (output - expected).square().sum();
  }

  std::map<std::pair<std::size_t, std::size_t>, at::Tensor> expected_;
};

class TraceEstimate {
 public:
  TraceEstimate(
      const PreparedModel& model,
      const std::vector<Tensors>& micro_batches,
      const HessianOptions& options,
      Observer& observer)
      : model_(with_graph(
            model, with_own_parameters(model.graph, model.layers.layers))),
        inputs_(copy_micro_batches(micro_batches, options.samples)),
        loss_([this](std::size_t part, const Tensors& outputs) {
          return divergence_(part, outputs);
        }),
        observer_(observer) {
    for (const Layer& layer : model_.layers.layers) {
      const Node& node = model_.graph.node(layer.node);
      const at::Tensor weight =
          to_tensor(*model_.graph.constant_input(node, kWeightInput));
      weights_.push_back(
          {.weight = weight,
           .step =
               options.step *
               weight.to(at::kDouble).square().mean().sqrt().item<double>()});
    }
    // Remembers the outputs.
    visit_gradients(
        model_, inputs_, loss_, [](const LayerGradient&) {}, observer_);
    observer_.end_part(count_samples(inputs_));
  }

  /// v_i' H_ii v_i for one direction, plus noise of mean 0; of the mean loss.
  [[nodiscard]] std::vector<double> along(std::mt19937_64& random) {
    std::vector<at::Tensor> direction;
    for (const LayerWeight& layer : weights_) {
      direction.push_back(random_signs(layer.weight, random));
    }
    const std::vector<double> ahead = slopes(direction, 1.0);
    const std::vector<double> behind = slopes(direction, -1.0);
    const auto samples = static_cast<double>(count_samples(inputs_));
    std::vector<double> result;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const double width = 2.0 * weights_[i].step * samples;
      result.push_back(width > 0.0 ? (ahead[i] - behind[i]) / width : 0.0);
    }
    return result;
  }

 private:
  /// v_i' g_i at W + sign s v, for each layer.
  [[nodiscard]] std::vector<double> slopes(
      const std::vector<at::Tensor>& direction, double sign) {
    const PreparedModel moved =
        with_graph(model_, moved_graph(direction, sign));
    std::vector<double> sums(weights_.size(), 0.0);
    std::vector<Operator> operators;
    for (const Layer& layer : moved.layers.layers) {
      operators.push_back(
          make_operator(moved.graph.node(layer.node), moved.graph));
    }
    visit_gradients(
        moved,
        inputs_,
        loss_,
        [&](const LayerGradient& event) {
          const at::NoGradGuard no_gradients;
          const std::size_t i = event.layer;
          // The output is linear in the weights: v' g = <dL/dy, y(v)>.
          const at::Tensor output =
              operators[i]({event.input, direction[i]}).front();
          const double slope =
              (output * event.gradient).sum(at::kDouble).item<double>();
          check_gradient(moved.layers.layers[i], slope);
          sums[i] += slope;
        },
        observer_);
    observer_.end_part(count_samples(inputs_));
    return sums;
  }

  [[nodiscard]] Graph moved_graph(
      const std::vector<at::Tensor>& direction, double sign) const {
    GraphBuilder builder(model_.graph);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const Node& node = model_.graph.node(model_.layers.layers[i].node);
      const std::string name = builder.fresh_name(node.name + "_moved");
      builder.add_constant(
          name,
          to_constant(
              weights_[i].weight + direction[i] * (sign * weights_[i].step)));
      builder.replace_uses(
          model_.graph.value(*node.input(kWeightInput)).name, name);
    }
    return std::move(builder).build();
  }

  PreparedModel model_;
  std::vector<Tensors> inputs_;
  std::vector<LayerWeight> weights_;
  DivergenceLoss divergence_;
  LossOfOutputs loss_;
  ObserverOfPart observer_;
};

}  // namespace

std::int64_t trace_steps(const HessianOptions& options, std::int64_t samples) {
  // One pass remembers the outputs, two take the slopes of a direction.
  return (1 + 2 * std::int64_t{options.directions}) *
         std::min(options.samples, samples);
}

std::vector<double> hessian_traces(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const HessianOptions& options,
    Observer& observer) {
  TraceEstimate estimate(model, micro_batches, options, observer);
  std::mt19937_64 random(options.seed);
  std::vector<double> traces(model.layers.layers.size(), 0.0);
  for (int i = 0; i < options.directions; ++i) {
    const std::vector<double> one = estimate.along(random);
    for (std::size_t layer = 0; layer < traces.size(); ++layer) {
      traces[layer] += one[layer] / options.directions;
    }
  }
  return traces;
}

}  // namespace ompq
