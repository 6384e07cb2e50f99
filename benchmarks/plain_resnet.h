// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "ompq/graph/graph.h"

namespace ompq {

/// Two 3x3 convolutions with BatchNorm around an identity; where the shape
/// changes, every second pixel, and zeros for the new channels (option A).
///
/// @source He et al., "Deep residual learning for image recognition", 2016
class PlainBlockImpl : public torch::nn::Module {
 public:
  PlainBlockImpl(
      std::int64_t inputs, std::int64_t outputs, std::int64_t stride);
  torch::Tensor forward(const torch::Tensor& input);

 private:
  torch::nn::Conv2d conv1_, conv2_;
  torch::nn::BatchNorm2d norm1_, norm2_;
  std::int64_t new_channels_;
  std::int64_t stride_;
};
TORCH_MODULE(PlainBlock);

/// ResNet-20 for CIFAR-10 as anybody would write it in libtorch.
class PlainResNet20Impl : public torch::nn::Module {
 public:
  PlainResNet20Impl();
  /// @param images  [N, 3, 32, 32] float32
  /// @return scores, [N, 10]
  torch::Tensor forward(const torch::Tensor& images);

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d norm_;
  std::vector<PlainBlock> blocks_;
  torch::nn::Linear linear_;
};
TORCH_MODULE(PlainResNet20);

/// Gives the network the numbers of a graph with the same layers in the same
/// order.
///
/// @param graph  canonical form, BatchNormalization not folded
void load_graph(PlainResNet20& network, const Graph& graph);

}  // namespace ompq
