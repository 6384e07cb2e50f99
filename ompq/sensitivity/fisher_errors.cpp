// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

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

std::int64_t count_examples(const std::vector<Tensors>& micro_batches) {
  std::int64_t count = 0;
  for (const Tensors& inputs : micro_batches) {
    count += inputs.front().size(0);
  }
  return count;
}

void add_gradient(
    FisherSum& sum,
    const LayerGradient& event,
    LayerKind kind,
    std::int64_t examples) {
  // As many positions of each example.
  const std::int64_t here = event.input.size(0);
  const std::int64_t wanted = sum.sample.wanted_positions() * here;
  sum.sample.add(event.input, (wanted + examples - 1) / examples);
  const at::Tensor part =
      output_rows(event.gradient, kind).square().sum(0).to(at::kDouble);
  sum.squares = sum.squares.defined() ? sum.squares + part : part;
}

}  // namespace

LayerErrors fisher_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  const std::int64_t examples = count_examples(micro_batches);
  std::vector<FisherSum> sums;
  for (const Layer& layer : layers) {
    sums.push_back({.sample = LayerSample(model.graph, layer)});
  }
  visit_gradients(
      model,
      micro_batches,
      options.seed,
      [&](const LayerGradient& event) {
        add_gradient(
            sums[event.layer], event, layers[event.layer].kind, examples);
      },
      observer);
  LayerErrors errors(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::vector<int>& widths = options.widths[i];
    const at::Tensor variances =
        sums[i]
            .sample
            .output_moments(
                rounding_errors(model.graph, layers[i], widths, options.grids)
                    .errors)
            .variance;
    // The sum over positions of an example: P E g^2.
    const at::Tensor squares = sums[i].squares / static_cast<double>(examples);
    for (std::size_t w = 0; w < widths.size(); ++w) {
      const at::Tensor row = variances[static_cast<std::int64_t>(w)];
      errors[i][widths[w]] = 0.5 * row.dot(squares).item<double>();
    }
  }
  return errors;
}

}  // namespace ompq::detail
