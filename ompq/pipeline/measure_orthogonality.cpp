// SPDX-License-Identifier: MIT
#include "ompq/pipeline/measure_orthogonality.h"

#include <string>
#include <utility>

#include "ompq/orthogonality/importance.h"
#include "ompq/pipeline/layer_grams.h"

namespace ompq {
namespace {

std::vector<std::string> layer_names(const PreparedModel& model) {
  std::vector<std::string> names;
  for (const Layer& layer : model.layers.layers) {
    names.push_back(layer.name);
  }
  return names;
}

}  // namespace

Orthogonality measure_orthogonality(
    const PreparedModel& model,
    std::vector<Tensors> micro_batches,
    const OrthogonalityOptions& options,
    Observer& observer) {
  const std::vector<GramMatrix> grams =
      layer_grams(model, options.features, std::move(micro_batches), observer);
  Orthogonality result;
  result.samples = grams.front().samples();
  result.orm = orm_matrix(
      grams, {.kind = options.kind, .layer_names = layer_names(model)});
  result.gamma = orthogonality_gamma(result.orm);
  const bool has_enough = result.samples >= 2 * minimum_samples(options.kind);
  if (options.resamples > 0 && has_enough) {
    result.intervals = bootstrap_gamma(
        grams,
        {.kind = options.kind,
         .resamples = static_cast<int>(options.resamples),
         .seed = options.seed});
  }
  return result;
}

}  // namespace ompq
