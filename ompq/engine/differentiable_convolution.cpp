// SPDX-License-Identifier: MIT
#include "ompq/engine/differentiable_convolution.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include "ompq/engine/convolution.h"
#include "ompq/engine/convolution_gradient.h"

namespace ompq {

struct DifferentiableConvolution::State {
  FusedConvolution forward;
  ConvolutionGradient backward;
  std::optional<ClampRange> range;
  Report report;
};

namespace {

/// g of one output, as a node of libtorch's graph.
template <class State>
class WayBack : public torch::autograd::Node {
 public:
  WayBack(std::shared_ptr<const State> state, Shape input)
      : state_(std::move(state)), input_(std::move(input)) {}

  /// Called once the output's history is this node.
  void save(const at::Tensor& output) {
    if (state_->range.has_value()) {
      output_ = torch::autograd::SavedVariable(output, true);
    }
  }

  torch::autograd::variable_list apply(
      torch::autograd::variable_list&& gradients) override {
    torch::autograd::variable_list result(num_outputs());
    if (!gradients.front().defined()) {
      return result;
    }
    const at::NoGradGuard no_gradients;
    at::Tensor gradient = std::move(gradients.front());
    gradient = gradient.contiguous(at::MemoryFormat::ChannelsLast);
    if (state_->range.has_value()) {
      gradient = limited(gradient);
    }
    if (state_->report) {
      state_->report(gradient);
    }
    if (task_should_compute_output(0)) {
      result[0] = state_->backward(gradient, input_);
    }
    if (num_outputs() > 1) {
      result[1] = gradient;
    }
    return result;
  }

  void release_variables() override { output_.reset_data(); }

 private:
  /// g; in place where nobody else sees the memory.
  at::Tensor limited(const at::Tensor& gradient) {
    const bool is_own =
        gradient.use_count() == 1 && gradient.storage().use_count() == 1;
    at::Tensor result = is_own ? gradient : at::empty_like(gradient);
    return at::hardtanh_backward_out(
        result,
        gradient,
        output_.unpack(shared_from_this()),
        state_->range->low,
        state_->range->high);
  }

  std::shared_ptr<const State> state_;
  Shape input_;
  torch::autograd::SavedVariable output_;
};

}  // namespace

DifferentiableConvolution::DifferentiableConvolution(
    const Graph& graph,
    const Node& node,
    std::optional<ClampRange> range,
    bool has_residual,
    Report report)
    : state_(std::make_shared<const State>(State{
          .forward = FusedConvolution(graph, node, range, has_residual),
          .backward = ConvolutionGradient(graph, node),
          .range = range,
          .report = std::move(report)})) {}

Tensors DifferentiableConvolution::operator()(const Tensors& inputs) const {
  at::Tensor output;
  {
    const at::NoGradGuard no_gradients;
    output = state_->forward(inputs).front();
  }
  if (!at::GradMode::is_enabled()) {
    return {output};
  }
  const std::shared_ptr<WayBack<State>> node(
      new WayBack<State>(state_, inputs.front().sizes().vec()),
      torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  torch::autograd::set_history(output, node);
  node->save(output);
  return {output};
}

}  // namespace ompq
