// SPDX-License-Identifier: MIT
#include "benchmarks/plain_resnet.h"

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"

namespace ompq {
namespace {

torch::nn::Conv2d convolution(
    std::int64_t inputs, std::int64_t outputs, std::int64_t stride) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(inputs, outputs, 3)
                               .stride(stride)
                               .padding(1)
                               .bias(false));
}

/// Input `index` of the nodes of some kinds, in graph order.
std::vector<torch::Tensor> constants_of(
    const Graph& graph,
    const std::vector<std::string>& op_types,
    std::size_t index) {
  std::vector<torch::Tensor> result;
  for (const Node& node : graph.nodes()) {
    for (const std::string& op_type : op_types) {
      const Constant* constant = graph.constant_input(node, index);
      if (node.op_type == op_type && constant != nullptr) {
        result.push_back(to_tensor(*constant));
      }
    }
  }
  return result;
}

void copy_all(
    const std::vector<torch::Tensor>& targets,
    const std::vector<torch::Tensor>& sources) {
  OMPQ_CHECK(
      targets.size() == sources.size(),
      ErrorCode::InvalidModel,
      "the file has {} layers, ResNet-20 {}",
      sources.size(),
      targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i].detach().copy_(sources[i].view(targets[i].sizes()));
  }
}

}  // namespace

PlainBlockImpl::PlainBlockImpl(
    std::int64_t inputs, std::int64_t outputs, std::int64_t stride)
    : conv1_(register_module("conv1", convolution(inputs, outputs, stride))),
      conv2_(register_module("conv2", convolution(outputs, outputs, 1))),
      norm1_(register_module("norm1", torch::nn::BatchNorm2d(outputs))),
      norm2_(register_module("norm2", torch::nn::BatchNorm2d(outputs))),
      new_channels_(outputs - inputs),
      stride_(stride) {}

torch::Tensor PlainBlockImpl::forward(const torch::Tensor& input) {
  const torch::Tensor inner =
      torch::relu(norm1_->forward(conv1_->forward(input)));
  torch::Tensor passed = input;
  if (stride_ > 1) {
    passed = torch::constant_pad_nd(
        input.slice(2, 0, {}, stride_).slice(3, 0, {}, stride_),
        {0, 0, 0, 0, new_channels_ / 2, new_channels_ / 2});
  }
  return torch::relu(norm2_->forward(conv2_->forward(inner)) + passed);
}

PlainResNet20Impl::PlainResNet20Impl()
    : conv_(register_module("conv", convolution(3, 16, 1))),
      norm_(register_module("norm", torch::nn::BatchNorm2d(16))),
      linear_(register_module("linear", torch::nn::Linear(64, 10))) {
  std::int64_t channels = 16;
  for (const std::int64_t outputs : {16, 32, 64}) {
    for (int i = 0; i < 3; ++i) {
      const std::int64_t stride = outputs != channels ? 2 : 1;
      blocks_.push_back(register_module(
          fmt::format("block{}", blocks_.size()),
          PlainBlock(channels, outputs, stride)));
      channels = outputs;
    }
  }
}

torch::Tensor PlainResNet20Impl::forward(const torch::Tensor& images) {
  torch::Tensor features = torch::relu(norm_->forward(conv_->forward(images)));
  for (PlainBlock& block : blocks_) {
    features = block->forward(features);
  }
  return linear_->forward(features.mean({2, 3}));
}

void load_graph(PlainResNet20& network, const Graph& graph) {
  const torch::NoGradGuard no_gradients;
  std::vector<torch::Tensor> weights;
  std::vector<torch::Tensor> gammas;
  std::vector<torch::Tensor> betas;
  std::vector<torch::Tensor> means;
  std::vector<torch::Tensor> variances;
  // Convolutions and normalisations are registered in the order they run in.
  for (const auto& module : network->modules(false)) {
    if (auto* conv = module->as<torch::nn::Conv2d>()) {
      weights.push_back(conv->weight);
    } else if (auto* norm = module->as<torch::nn::BatchNorm2d>()) {
      gammas.push_back(norm->weight);
      betas.push_back(norm->bias);
      means.push_back(norm->running_mean);
      variances.push_back(norm->running_var);
    }
  }
  const std::vector<std::string> norm{"BatchNormalization"};
  copy_all(weights, constants_of(graph, {"Conv"}, 1));
  copy_all(gammas, constants_of(graph, norm, 1));
  copy_all(betas, constants_of(graph, norm, 2));
  copy_all(means, constants_of(graph, norm, 3));
  copy_all(variances, constants_of(graph, norm, 4));
  auto parameters = network->named_parameters();
  for (const Node& node : graph.nodes()) {
    if (node.op_type == "Gemm") {
      const torch::Tensor weight = to_tensor(*graph.constant_input(node, 1));
      const bool is_transposed = node.integer("transB", 0) != 0;
      parameters["linear.weight"].copy_(is_transposed ? weight : weight.t());
      parameters["linear.bias"].copy_(
          to_tensor(*graph.constant_input(node, 2)));
    }
  }
}

}  // namespace ompq
