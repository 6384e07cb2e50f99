// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/engine/micro_batches.h"
#include "ompq/sensitivity/gradient_pass.h"
#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/layer_sample.h"
#include "ompq/sensitivity/rounding_errors.h"

namespace ompq::detail {
namespace {

/// What is gathered of one layer.
struct FisherSum {
  LayerSample sample;
  /// Sum of g^2 over examples and positions, [channels] float64.
  at::Tensor squares;
};

/// Sum of squares of each column of rows [P, C] float32, [C] float64; threads
/// share blocks of rows.
at::Tensor column_squares(const at::Tensor& rows) {
  constexpr std::int64_t kBlock = 256;
  const at::Tensor dense = rows.contiguous();
  const std::int64_t count = dense.size(0);
  const std::int64_t columns = dense.size(1);
  const std::int64_t blocks = (count + kBlock - 1) / kBlock;
  const at::Tensor sums = at::zeros({blocks, columns});
  const auto* const data = dense.data_ptr<float>();
  auto* const found = sums.data_ptr<float>();
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin * kBlock; row < std::min(end * kBlock, count);
         ++row) {
      const float* const numbers = data + row * columns;
      float* const own = found + row / kBlock * columns;
      for (std::int64_t c = 0; c < columns; ++c) {
        own[c] += numbers[c] * numbers[c];
      }
    }
  });
  return sums.sum(0, false, at::kDouble);
}

void add_gradient(
    FisherSum& sum,
    const LayerGradient& event,
    const Layer& layer,
    std::int64_t examples) {
  // As many positions of each example.
  const std::int64_t here = event.input.size(0);
  const std::int64_t wanted = sum.sample.wanted_positions() * here;
  sum.sample.add(event.input, (wanted + examples - 1) / examples);
  const at::Tensor part =
      column_squares(output_rows(event.gradient, layer.kind));
  check_gradient(layer, part.sum().item<double>());
  sum.squares = sum.squares.defined() ? sum.squares + part : part;
}

/// From variances of a layer's output to its error.
struct Weighting {
  ErrorKind kind = ErrorKind::Fisher;
  /// Sum of g^2 over the positions of an example: P E g^2 of each channel.
  at::Tensor squares;
  /// Variance of the output, summed over channels.
  double signal = 0.0;

  /// @param variance  of the error of each channel
  [[nodiscard]] double error(const at::Tensor& variance) const {
    const double divergence = 0.5 * variance.dot(squares).item<double>();
    if (kind == ErrorKind::Fisher || signal == 0.0) {
      return divergence;
    }
    return std::sqrt(divergence * variance.sum().item<double>() / signal);
  }
};

}  // namespace

ErrorTables fisher_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  const std::int64_t examples = count_samples(micro_batches);
  std::vector<FisherSum> sums;
  for (const Layer& layer : layers) {
    sums.push_back({.sample = LayerSample(model.graph, layer)});
  }
  visit_gradients(
      model,
      micro_batches,
      options.seed,
      [&](const LayerGradient& event) {
        add_gradient(sums[event.layer], event, layers[event.layer], examples);
      },
      observer);
  ErrorTables errors{.weights = LayerErrors(layers.size())};
  if (!options.activation_widths.empty()) {
    errors.activations.resize(layers.size());
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    observer.advance(examples + static_cast<std::int64_t>(i));
    const std::vector<int>& widths = options.widths[i];
    RoundingErrors rounding =
        rounding_errors(model.graph, layers[i], widths, options.grids);
    rounding.errors.push_back(rounding.weight);
    const at::Tensor moments =
        sums[i].sample.output_moments(rounding.errors).variance;
    const Weighting weighting{
        .kind = options.kind,
        .squares = sums[i].squares / static_cast<double>(examples),
        .signal = moments[std::ssize(widths)].sum().item<double>()};
    for (std::size_t w = 0; w < widths.size(); ++w) {
      errors.weights[i][widths[w]] =
          weighting.error(moments[static_cast<std::int64_t>(w)]);
    }
    for (const int bits : options.activation_widths) {
      errors.activations[i][bits] =
          weighting.error(sums[i]
                              .sample.rounding_of_input(bits)
                              .output_moments({rounding.weight})
                              .variance[0]);
    }
  }
  return errors;
}

}  // namespace ompq::detail
