// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/engine/micro_batches.h"
#include "ompq/sensitivity/hessian_traces.h"
#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/rounding_errors.h"

namespace ompq::detail {

LayerErrors hessian_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  const std::vector<double> traces =
      hessian_traces(model, micro_batches, {.seed = options.seed}, observer);
  const std::int64_t passes = trace_steps({}, count_samples(micro_batches));
  LayerErrors errors(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    observer.advance(passes + static_cast<std::int64_t>(i));
    const RoundingErrors rounding = rounding_errors(
        model.graph, layers[i], options.widths[i], options.grids);
    // Noise may make a trace of nearly 0 negative.
    const double mean =
        std::max(traces[i], 0.0) / static_cast<double>(rounding.weight.numel());
    for (std::size_t w = 0; w < options.widths[i].size(); ++w) {
      const auto squares =
          rounding.errors[w].square().sum(at::kDouble).item<double>();
      errors[i][options.widths[i][w]] = 0.5 * mean * squares;
    }
  }
  return errors;
}

}  // namespace ompq::detail
