// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace ompq::example {

/// Convolution without bias, batch normalisation and, by choice, ReLU.
class ConvUnitImpl : public torch::nn::Module {
 public:
  ConvUnitImpl(
      std::int64_t inputs,
      std::int64_t outputs,
      std::int64_t kernel,
      std::int64_t stride);

  /// @param input  [N, inputs, H, W] float32
  /// @return [N, outputs, H / stride, W / stride], not rectified
  torch::Tensor forward(const torch::Tensor& input);

 private:
  torch::nn::Conv2d conv_{nullptr};
  torch::nn::BatchNorm2d norm_{nullptr};
};
TORCH_MODULE(ConvUnit);

/// relu(unit_2(relu(unit_1(x))) + shortcut(x)); the shortcut is a 1x1
/// convolution where the shape changes, else x itself.
///
/// @source He et al., "Deep residual learning for image recognition", 2016
class ResidualBlockImpl : public torch::nn::Module {
 public:
  ResidualBlockImpl(
      std::int64_t inputs, std::int64_t outputs, std::int64_t stride);

  torch::Tensor forward(const torch::Tensor& input);

 private:
  ConvUnit first_{nullptr};
  ConvUnit second_{nullptr};
  ConvUnit shortcut_{nullptr};
};
TORCH_MODULE(ResidualBlock);

/// Channels of the stages; each but the first halves height and width.
inline constexpr std::array<std::int64_t, 3> kStageChannels = {16, 32, 64};
/// Residual blocks of each stage.
inline constexpr std::array<std::int64_t, 3> kStageBlocks = {2, 2, 3};
inline constexpr std::int64_t kImageChannels = 3;

/// Stem, three stages of residual blocks, mean over the picture, classifier.
class ResidualNetworkImpl : public torch::nn::Module {
 public:
  explicit ResidualNetworkImpl(std::int64_t classes);

  /// @param images  [N, 3, H, W] float32
  /// @return logits, [N, classes]
  torch::Tensor forward(const torch::Tensor& images);

 private:
  ConvUnit stem_{nullptr};
  std::vector<ResidualBlock> blocks_;
  torch::nn::Linear classifier_{nullptr};
};
TORCH_MODULE(ResidualNetwork);

}  // namespace ompq::example
