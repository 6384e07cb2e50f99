// SPDX-License-Identifier: MIT
#include "plain_unit.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"

namespace ompq {
namespace {

constexpr double kCodeRate = 4e-3;
constexpr double kScaleRate = 1e-3;
constexpr double kBiasRate = 1e-3;

/// `hard` forwards, the gradient of `soft` backwards.
at::Tensor straight_through(const at::Tensor& hard, const at::Tensor& soft) {
  return at::add(at::sub(hard, soft).detach(), soft);
}

PlainVariable variable(const at::Tensor& value) {
  return {
      .value = value.detach().clone(),
      .mean = at::zeros_like(value),
      .square = at::zeros_like(value)};
}

void adam(PlainVariable& variable, double rate, int step) {
  const at::Tensor gradient = variable.value.grad();
  if (!gradient.defined()) {
    return;
  }
  variable.mean.mul_(0.9).add_(gradient, 0.1);
  variable.square.mul_(0.999).addcmul_(gradient, gradient, 0.001);
  const at::Tensor mean = at::div(variable.mean, 1 - std::pow(0.9, step));
  const at::Tensor square = at::div(variable.square, 1 - std::pow(0.999, step));
  variable.value.sub_(at::div(mean, at::sqrt(square).add_(1e-12)).mul_(rate));
  variable.value.mutable_grad() = at::Tensor();
}

}  // namespace

PlainUnit::PlainUnit(
    const UnitProblem& unit,
    const Frontier& frontier,
    at::MemoryFormat layout,
    double drop_probability)
    : graph_(unit.network.graph()),
      layout_(layout),
      drop_probability_(drop_probability) {
  const auto all = [&](const std::string& value, Frontier::Side side) {
    return frontier.range(value, side, 0, frontier.groups());
  };
  for (const std::string& value : unit.inputs) {
    float_inputs_.push_back(stored(all(value, Frontier::Side::Float)));
    quantized_inputs_.push_back(stored(all(value, Frontier::Side::Quantized)));
  }
  for (const std::string& value : unit.outputs) {
    const at::Tensor target = all(value, Frontier::Side::Float);
    variance_ += target.var(false).item<double>() /
                 static_cast<double>(unit.outputs.size());
    targets_.push_back(stored(target));
  }
  for (const UnitLayer& layer : unit.layers) {
    add_layer(layer);
  }
  for (const UnitActivation& activation : unit.activations) {
    const ActivationStep& step = activation.step;
    activations_.push_back(
        {.log_scale = variable(at::log(step.scale)),
         .zero_point = static_cast<double>(step.zero_point),
         .lowest = static_cast<double>(step.grid.lowest()),
         .highest = static_cast<double>(step.grid.highest())});
  }
  add_steps(unit);
}

void PlainUnit::add_layer(const UnitLayer& layer) {
  const RoundedRows& rows = layer.rounded;
  OMPQ_CHECK(
      rows.scales.size(1) == 1,
      ErrorCode::Unsupported,
      "layer '{}': scales of groups of inputs are not written plainly here",
      layer.name);
  Shape per_row(layer.layout.shape.size(), 1);
  per_row[static_cast<std::size_t>(layer.layout.axis)] = layer.layout.rows;
  const at::Tensor lean =
      at::clamp(rows.in_codes(rows.target) - rows.codes, -0.5, 0.5) * 0.3;
  const at::Tensor codes =
      from_rows(at::add(rows.codes, lean), layer.layout)
          .contiguous(
              layer.layout.shape.size() == 4 ? layout_
                                             : at::MemoryFormat::Contiguous);
  const Node& node = graph_.node(*graph_.find_node(layer.name));
  layers_.push_back(
      {.weight = *node.input(1),
       .bias = node.input(2),
       .codes = variable(codes),
       .log_scale = variable(at::log(rows.scales.reshape(per_row))),
       .zero_point = rows.zero_points.reshape(per_row),
       .lowest = static_cast<double>(layer.grid.lowest()),
       .highest = static_cast<double>(layer.grid.highest())});
  if (layer.bias.defined()) {
    layers_.back().own_bias = variable(layer.bias);
  }
}

void PlainUnit::add_steps(const UnitProblem& unit) {
  for (const Value& value : graph_.values()) {
    constants_.push_back(
        value.constant ? to_tensor(*value.constant) : at::Tensor());
  }
  for (const Node& node : graph_.nodes()) {
    Step step{
        .run = make_operator(node, graph_),
        .inputs = node.inputs,
        .outputs = node.outputs};
    for (std::size_t i = 0; i < unit.activations.size(); ++i) {
      if (graph_.value(*node.output(0)).name == unit.activations[i].value) {
        step.quantizer = i;
      }
    }
    steps_.push_back(std::move(step));
  }
}

/// Images in memory as gather() wants them.
at::Tensor PlainUnit::stored(const at::Tensor& values) const {
  return values.dim() == 4 && layout_ == at::MemoryFormat::ChannelsLast
             ? values.permute({0, 2, 3, 1}).contiguous()
             : values.contiguous();
}

at::Tensor PlainUnit::gather(
    const at::Tensor& values, const at::Tensor& rows) const {
  const at::Tensor chosen = at::index_select(values, 0, rows);
  return values.dim() == 4 && layout_ == at::MemoryFormat::ChannelsLast
             ? chosen.permute({0, 3, 1, 2})
             : chosen;
}

at::Tensor PlainUnit::quantize(
    const at::Tensor& input, std::size_t activation) {
  const Activation& a = activations_[activation];
  scales_[activation] = at::exp(a.log_scale.value);
  const at::Tensor ratio = at::div(input, scales_[activation]);
  const at::Tensor code =
      at::add(straight_through(at::round(ratio), ratio), a.zero_point);
  const at::Tensor saturated = at::clamp(code, a.lowest, a.highest);
  const at::Tensor quantized =
      at::mul(at::sub(saturated, a.zero_point), scales_[activation]);
  return drop_probability_ > 0.0
             ? at::where(
                   at::lt(at::rand_like(input), drop_probability_),
                   input,
                   quantized)
             : quantized;
}

at::Tensor PlainUnit::forward(const at::Tensor& rows) {
  Tensors slots = constants_;
  for (std::size_t i = 0; i < float_inputs_.size(); ++i) {
    const at::Tensor quantized = gather(quantized_inputs_[i], rows);
    slots[graph_.inputs()[i].index()] =
        drop_probability_ > 0.0
            ? at::where(
                  at::lt(at::rand_like(quantized), drop_probability_),
                  gather(float_inputs_[i], rows),
                  quantized)
            : quantized;
  }
  weights_.clear();
  scales_.assign(activations_.size(), at::Tensor());
  for (Layer& layer : layers_) {
    const at::Tensor code = at::clamp(
        straight_through(at::round(layer.codes.value), layer.codes.value),
        layer.lowest,
        layer.highest);
    weights_.push_back(at::mul(
        at::sub(code, layer.zero_point), at::exp(layer.log_scale.value)));
    slots[layer.weight.index()] = weights_.back();
    if (layer.own_bias.value.defined() && layer.bias.has_value()) {
      slots[layer.bias->index()] = layer.own_bias.value;
    }
  }
  for (const Step& step : steps_) {
    Tensors inputs;
    for (const auto& input : step.inputs) {
      inputs.push_back(input ? slots[input->index()] : at::Tensor());
    }
    Tensors results = step.run(inputs);
    if (step.quantizer.has_value()) {
      results[0] = quantize(results[0], *step.quantizer);
    }
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      if (step.outputs[i].has_value() && i < results.size()) {
        slots[step.outputs[i]->index()] = std::move(results[i]);
      }
    }
  }
  at::Tensor loss;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const at::Tensor output = slots[graph_.outputs()[i].index()];
    const at::Tensor part = at::div(
        at::mean(at::square(output - gather(targets_[i], rows))), variance_);
    loss = loss.defined() ? at::add(loss, part) : part;
  }
  return loss;
}

void PlainUnit::require_gradients(bool is_required) {
  for (Layer& layer : layers_) {
    layer.codes.value.requires_grad_(is_required);
    layer.log_scale.value.requires_grad_(is_required);
    if (layer.own_bias.value.defined()) {
      layer.own_bias.value.requires_grad_(is_required);
    }
  }
  for (Activation& activation : activations_) {
    activation.log_scale.value.requires_grad_(is_required);
  }
}

PlainGradients PlainUnit::gradients(std::span<const std::int64_t> groups) {
  require_gradients(true);
  const at::Tensor loss = forward(at::tensor(
      at::ArrayRef<std::int64_t>(groups.data(), groups.size()), at::kLong));
  for (const at::Tensor& weight : weights_) {
    weight.retain_grad();
  }
  for (const at::Tensor& scale : scales_) {
    scale.retain_grad();
  }
  loss.backward();
  PlainGradients result{.loss = loss.item<double>()};
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    result.weights.push_back(weights_[i].grad());
    PlainVariable& bias = layers_[i].own_bias;
    result.biases.push_back(
        bias.value.defined() ? bias.value.grad() : at::Tensor());
    for (PlainVariable* each :
         {&layers_[i].codes, &layers_[i].log_scale, &bias}) {
      if (each->value.defined()) {
        each->value.mutable_grad() = at::Tensor();
      }
    }
  }
  for (std::size_t i = 0; i < activations_.size(); ++i) {
    result.scales.push_back(scales_[i].grad());
    activations_[i].log_scale.value.mutable_grad() = at::Tensor();
  }
  return result;
}

void PlainUnit::step(std::span<const std::int64_t> groups) {
  require_gradients(true);
  forward(
      at::tensor(
          at::ArrayRef<std::int64_t>(groups.data(), groups.size()), at::kLong))
      .backward();
  const at::NoGradGuard no_gradients;
  ++step_;
  for (Layer& layer : layers_) {
    adam(layer.codes, kCodeRate, step_);
    layer.codes.value.clamp_(layer.lowest - 0.49, layer.highest + 0.49);
    adam(layer.log_scale, kScaleRate, step_);
    if (layer.own_bias.value.defined()) {
      adam(layer.own_bias, kBiasRate * std::sqrt(variance_), step_);
    }
  }
  for (Activation& activation : activations_) {
    adam(activation.log_scale, kScaleRate, step_);
  }
}

}  // namespace ompq
