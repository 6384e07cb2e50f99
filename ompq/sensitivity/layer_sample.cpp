// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_sample.h"

#include <algorithm>
#include <iterator>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "ompq/quantization/scale_search.h"
#include "ompq/reconstruction/layer_patches.h"

namespace ompq {
namespace {

/// Examples that are kept whole of a layer without patches.
constexpr std::int64_t kWholeExamples = 8;

/// Moments of each column of `outputs` [P, M] float32, into two rows of
/// doubles.
void column_moments(const at::Tensor& outputs, double* mean, double* variance) {
  const at::Tensor dense = outputs.contiguous();
  const std::int64_t positions = dense.size(0);
  const std::int64_t columns = dense.size(1);
  const auto* const data = dense.data_ptr<float>();
  const double share = 1.0 / static_cast<double>(positions);
  std::fill_n(mean, columns, 0.0);
  std::fill_n(variance, columns, 0.0);
  for (std::int64_t p = 0; p < positions; ++p) {
    const float* const row = data + p * columns;
    for (std::int64_t c = 0; c < columns; ++c) {
      mean[c] += static_cast<double>(row[c]) * share;
    }
  }
  for (std::int64_t p = 0; p < positions; ++p) {
    const float* const row = data + p * columns;
    for (std::int64_t c = 0; c < columns; ++c) {
      const double apart = static_cast<double>(row[c]) - mean[c];
      variance[c] += apart * apart * share;
    }
  }
}

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

/// Room for the moments of `matrices` matrices.
OutputMoments empty_moments(std::size_t matrices, std::int64_t channels) {
  const at::Tensor mean =
      at::empty({static_cast<std::int64_t>(matrices), channels}, at::kDouble);
  return {.mean = mean, .variance = at::empty_like(mean)};
}

/// Moments of patches [P, K] times each matrix [R, K]; threads share blocks of
/// rows.
OutputMoments whole_moments(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices) {
  constexpr std::int64_t kBlock = 256;
  const std::int64_t rows = matrices.front().size(0);
  const std::int64_t blocks = (rows + kBlock - 1) / kBlock;
  const OutputMoments result = empty_moments(matrices.size(), rows);
  auto* const mean = result.mean.data_ptr<double>();
  auto* const variance = result.variance.data_ptr<double>();
  const std::int64_t tasks = std::ssize(matrices) * blocks;
  at::parallel_for(0, tasks, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t first = task % blocks * kBlock;
      const std::int64_t count = std::min(kBlock, rows - first);
      const at::Tensor& matrix =
          matrices[static_cast<std::size_t>(task / blocks)];
      const std::int64_t place = task / blocks * rows + first;
      column_moments(
          at::mm(patches, matrix.narrow(0, first, count).t()),
          mean + place,
          variance + place);
    }
  });
  return result;
}

/// The same for many groups that read patches [G, P, K] of their own: all
/// matrices of a group at once.
OutputMoments group_moments(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices) {
  const std::int64_t groups = patches.size(0);
  const std::int64_t columns = patches.size(2);
  const std::int64_t count = std::ssize(matrices);
  const at::Tensor stacked = at::stack(matrices)
                                 .reshape({count, groups, -1, columns})
                                 .transpose(0, 1)
                                 .reshape({groups, -1, columns});
  const std::int64_t each = stacked.size(1);
  const at::Tensor mean = at::empty({groups, each}, at::kDouble);
  const at::Tensor variance = at::empty_like(mean);
  at::parallel_for(0, groups, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t group = begin; group < end; ++group) {
      column_moments(
          at::mm(patches[group], stacked[group].t()),
          mean.data_ptr<double>() + group * each,
          variance.data_ptr<double>() + group * each);
    }
  });
  const auto by_matrix = [&](const at::Tensor& moments) {
    return moments.reshape({groups, count, -1})
        .transpose(0, 1)
        .reshape({count, -1})
        .contiguous();
  };
  return {.mean = by_matrix(mean), .variance = by_matrix(variance)};
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
  return has_patches_ ? patch_moments(matrices) : run_moments(matrices);
}

OutputMoments LayerSample::patch_moments(
    const std::vector<at::Tensor>& matrices) const {
  const at::Tensor patches = at::cat(parts_, 1);
  return layout_.groups == 1 ? whole_moments(patches[0], matrices)
                             : group_moments(patches, matrices);
}

OutputMoments LayerSample::run_moments(
    const std::vector<at::Tensor>& matrices) const {
  const at::NoGradGuard no_gradients;
  OutputMoments result;
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    Tensors outputs;
    for (const at::Tensor& input : parts_) {
      const Tensors inputs{input, from_rows(matrices[i], layout_)};
      outputs.push_back(output_rows(operator_(inputs).front(), kind_));
    }
    const at::Tensor all = at::cat(outputs, 0);
    if (i == 0) {
      result = empty_moments(matrices.size(), all.size(1));
    }
    const auto row = static_cast<std::int64_t>(i) * all.size(1);
    column_moments(
        all,
        result.mean.data_ptr<double>() + row,
        result.variance.data_ptr<double>() + row);
  }
  return result;
}

}  // namespace ompq
