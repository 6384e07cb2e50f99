// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/layer_patches.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/engine/convolution_geometry.h"

namespace ompq {
namespace {

/// `wanted` of `total` positions, ascending: one at a random place in each of
/// as many equal stretches. An even stride could fall on one column of the
/// image only.
std::vector<std::int64_t> spread_positions(
    std::int64_t total, std::int64_t wanted) {
  const std::int64_t count = std::min(total, wanted);
  std::vector<std::int64_t> positions(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t begin = i * total / count;
    const std::int64_t end = (i + 1) * total / count;
    const std::uint32_t mixed =
        static_cast<std::uint32_t>(i) * 2654435761U ^ 0x5bd1e995U;
    positions[static_cast<std::size_t>(i)] =
        begin + static_cast<std::int64_t>(mixed >> 8U) % (end - begin);
  }
  return positions;
}

/// Copies the window of one output position of a channels_last image: KH x KW
/// pixels of C channels each, zeros outside the image.
class WindowCopy {
 public:
  WindowCopy(const ConvolutionGeometry& geometry, const at::Tensor& image)
      : geometry_(geometry),
        height_(image.size(2)),
        width_(image.size(3)),
        channels_(image.size(1)),
        padding_(padding_for(geometry, {height_, width_})),
        output_(output_size(geometry, {height_, width_}, padding_)),
        pixels_(image.data_ptr<float>()) {}

  [[nodiscard]] std::int64_t positions_per_image() const {
    return output_[0] * output_[1];
  }

  void operator()(std::int64_t position, float* destination) const {
    const std::int64_t image = position / positions_per_image();
    const std::int64_t place = position % positions_per_image();
    const std::int64_t top =
        place / output_[1] * geometry_.strides[0] - padding_.before[0];
    const std::int64_t left =
        place % output_[1] * geometry_.strides[1] - padding_.before[1];
    const auto bytes = static_cast<std::size_t>(channels_) * sizeof(float);
    for (std::int64_t i = 0; i < geometry_.kernel[0]; ++i) {
      const std::int64_t y = top + i * geometry_.dilations[0];
      for (std::int64_t j = 0; j < geometry_.kernel[1]; ++j) {
        const std::int64_t x = left + j * geometry_.dilations[1];
        const bool is_inside = y >= 0 && y < height_ && x >= 0 && x < width_;
        if (is_inside) {
          const std::int64_t pixel = (image * height_ + y) * width_ + x;
          std::memcpy(destination, pixels_ + pixel * channels_, bytes);
        } else {
          std::memset(destination, 0, bytes);
        }
        destination += channels_;
      }
    }
  }

 private:
  const ConvolutionGeometry& geometry_;
  std::int64_t height_;
  std::int64_t width_;
  std::int64_t channels_;
  Padding padding_;
  Shape output_;
  const float* pixels_;
};

at::Tensor convolution_patches(
    const Node& node,
    const WeightRows& layout,
    const at::Tensor& input,
    std::int64_t wanted) {
  const ConvolutionGeometry geometry =
      read_convolution_geometry(node, layout.shape);
  const at::Tensor image =
      input.detach().contiguous(at::MemoryFormat::ChannelsLast);
  const WindowCopy copy(geometry, image);
  const std::vector<std::int64_t> positions =
      spread_positions(image.size(0) * copy.positions_per_image(), wanted);
  const auto count = static_cast<std::int64_t>(positions.size());
  const std::int64_t window = geometry.kernel[0] * geometry.kernel[1];
  const at::Tensor patches =
      at::empty({count, window * image.size(1)}, image.options());
  auto* const data = patches.data_ptr<float>();
  at::parallel_for(0, count, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      copy(
          positions[static_cast<std::size_t>(i)],
          data + i * window * image.size(1));
    }
  });
  const std::int64_t groups = layout.groups;
  return patches.reshape({count, window, groups, image.size(1) / groups})
      .permute({2, 0, 1, 3})
      .reshape({groups, count, layout.columns});
}

at::Tensor matrix_patches(
    const WeightRows& layout, const at::Tensor& input, std::int64_t wanted) {
  const at::Tensor rows = input.detach().reshape({-1, layout.columns});
  const std::vector<std::int64_t> positions =
      spread_positions(rows.size(0), wanted);
  return rows.index_select(0, at::tensor(positions)).unsqueeze(0);
}

}  // namespace

bool has_patches(const Node& node, const WeightRows& layout) {
  if (node.op_type == "Conv") {
    return layout.shape.size() == 4;
  }
  if (node.op_type == "Gemm") {
    return node.integer("transA", 0) == 0 && node.real("alpha", 1) == 1;
  }
  return node.op_type == "MatMul" && layout.shape.size() == 2;
}

std::optional<at::Tensor> layer_patches(
    const Node& node,
    const WeightRows& layout,
    const at::Tensor& input,
    std::int64_t positions) {
  if (!has_patches(node, layout)) {
    return std::nullopt;
  }
  return node.op_type == "Conv"
             ? convolution_patches(node, layout, input, positions)
             : matrix_patches(layout, input, positions);
}

}  // namespace ompq
