// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_sample.h"

#include <algorithm>
#include <iterator>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/quantization/scale_search.h"
#include "ompq/reconstruction/layer_patches.h"

namespace ompq {
namespace {

/// Examples that are kept whole of a layer without patches.
constexpr std::int64_t kWholeExamples = 8;

/// Numbers that decide about the scale of an input.
constexpr std::int64_t kScaleNumbers = 16'384;

/// That many numbers, spread over the tensors, with the smallest and the
/// largest of all.
std::vector<float> some_numbers(const Tensors& parts) {
  std::vector<float> numbers;
  std::int64_t total = 0;
  for (const at::Tensor& part : parts) {
    total += part.numel();
  }
  float smallest = 0.0F;
  float largest = 0.0F;
  std::int64_t passed = 0;
  for (const at::Tensor& part : parts) {
    const at::Tensor dense = part.contiguous();
    const auto* const data = dense.data_ptr<float>();
    for (std::int64_t i = 0; i < dense.numel(); ++i, ++passed) {
      smallest = std::min(smallest, data[i]);
      largest = std::max(largest, data[i]);
      const auto wanted = std::ssize(numbers) * total / (kScaleNumbers - 2);
      if (passed >= wanted && std::ssize(numbers) < kScaleNumbers - 2) {
        numbers.push_back(data[i]);
      }
    }
  }
  numbers.resize(kScaleNumbers - 2, 0.0F);
  numbers.push_back(smallest);
  numbers.push_back(largest);
  return numbers;
}

}  // namespace

at::Tensor output_rows(const at::Tensor& output, LayerKind kind) {
  const bool is_convolution =
      kind == LayerKind::Conv || kind == LayerKind::ConvTranspose;
  const at::Tensor last = is_convolution ? output.movedim(1, -1) : output;
  return last.reshape({-1, last.size(-1)});
}

LayerSample::LayerSample(const Graph& graph, const Layer& layer)
    : node_(&graph.node(layer.node)),
      kind_(layer.kind),
      layout_(weight_rows(graph, layer)),
      operator_(make_operator(*node_, graph)),
      has_patches_(has_patches(*node_, layout_)) {}

std::int64_t LayerSample::wanted_positions() const {
  constexpr std::int64_t kFewest = 256;
  constexpr std::int64_t kMost = 1024;
  constexpr std::int64_t kNumbers = std::int64_t{1} << 18;
  const std::int64_t numbers = layout_.columns * layout_.groups;
  return std::clamp(kNumbers / numbers, kFewest, kMost);
}

void LayerSample::add(const at::Tensor& input, std::int64_t positions) {
  if (has_patches_) {
    parts_.push_back(*layer_patches(*node_, layout_, input, positions));
  } else if (examples_ < kWholeExamples) {
    const bool is_convolution =
        kind_ == LayerKind::Conv || kind_ == LayerKind::ConvTranspose;
    const std::int64_t left = kWholeExamples - examples_;
    // What stands first in a matrix need not be the batch.
    const std::int64_t count =
        is_convolution ? std::min(input.size(0), left) : input.size(0);
    examples_ += count;
    parts_.push_back(input.detach().narrow(0, 0, count).clone());
  }
}

LayerSample LayerSample::rounding_of_input(int bits) const {
  const IntegerGrid grid{.bits = bits};
  const AffineParameters found = search_row_scales(
                                     some_numbers(parts_),
                                     kScaleNumbers,
                                     grid,
                                     {.density = ScaleDensity::Rough})
                                     .front();
  LayerSample result = *this;
  for (at::Tensor& part : result.parts_) {
    const at::Tensor codes = at::round(part / found.scale)
                                 .clamp(
                                     grid.lowest() - found.zero_point,
                                     grid.highest() - found.zero_point);
    part = codes * found.scale - part;
  }
  return result;
}

OutputMoments LayerSample::output_moments(
    const std::vector<at::Tensor>& matrices) const {
  return has_patches_ ? patch_moments(at::cat(parts_, 1), matrices)
                      : run_moments(matrices);
}

OutputMoments LayerSample::run_moments(
    const std::vector<at::Tensor>& matrices) const {
  const at::NoGradGuard no_gradients;
  std::vector<OutputMoments> moments;
  for (const at::Tensor& matrix : matrices) {
    Tensors outputs;
    for (const at::Tensor& input : parts_) {
      const Tensors inputs{input, from_rows(matrix, layout_)};
      outputs.push_back(output_rows(operator_(inputs).front(), kind_));
    }
    moments.push_back(column_moments(at::cat(outputs, 0)));
  }
  return stacked(moments);
}

}  // namespace ompq
