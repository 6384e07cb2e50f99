// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/rounding_errors.h"
#include "ompq/sensitivity/sample_layers.h"

namespace ompq::detail {

namespace {

/// Variance of an error over that of the output.
double relative(double noise, double signal, const Layer& layer) {
  OMPQ_CHECK(
      signal != 0 || noise == 0,
      ErrorCode::Degenerate,
      "[search] layer '{}': its output is the same for all images, so an error "
      "of it cannot be compared; take other images or --score fisher",
      layer.name);
  return noise == 0 ? 0.0 : noise / signal;
}

}  // namespace

ErrorTables output_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  const std::vector<LayerSample> samples =
      sample_layers(model, micro_batches, observer);
  ErrorTables errors{.weights = LayerErrors(layers.size())};
  if (!options.activation_widths.empty()) {
    errors.activations.resize(layers.size());
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    observer.advance(static_cast<std::int64_t>(layers.size() + i));
    const std::vector<int>& widths = options.widths[i];
    const RoundingErrors rounding =
        rounding_errors(model.graph, layers[i], widths, options.grids);
    std::vector<at::Tensor> matrices = rounding.errors;
    matrices.push_back(rounding.weight);
    const at::Tensor variances =
        samples[i].output_moments(matrices).variance.sum(1);
    const auto signal = variances[std::ssize(widths)].item<double>();
    for (std::size_t w = 0; w < widths.size(); ++w) {
      const auto noise = variances[static_cast<std::int64_t>(w)].item<double>();
      errors.weights[i][widths[w]] = relative(noise, signal, layers[i]);
    }
    for (const int bits : options.activation_widths) {
      const auto noise = samples[i]
                             .rounding_of_input(bits)
                             .output_moments({rounding.weight})
                             .variance.sum()
                             .item<double>();
      errors.activations[i][bits] = relative(noise, signal, layers[i]);
    }
  }
  return errors;
}

}  // namespace ompq::detail
