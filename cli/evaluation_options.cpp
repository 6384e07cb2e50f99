// SPDX-License-Identifier: MIT
#include "cli/evaluation_options.h"

#include <utility>

#include "ompq/core/error.h"

namespace ompq {

std::optional<ExampleSet> open_evaluation(
    const EvaluationOptions& evaluation,
    Preprocessing preprocessing,
    std::uint64_t seed) {
  if (!evaluation.data) {
    return std::nullopt;
  }
  const SelectionOptions selection{
      .labels = evaluation.labels, .samples = evaluation.samples};
  ExampleSet examples{
      open_examples(*evaluation.data, selection, seed), preprocessing};
  OMPQ_CHECK(
      examples.dataset->has_labels(),
      ErrorCode::InvalidData,
      "--eval: {}: the data have no labels; give class folders, a labels.csv, "
      "or --eval-labels FILE.npy",
      evaluation.data->string());
  examples.preprocessing.resize =
      evaluation.resize.value_or(preprocessing.resize);
  examples.preprocessing.crop = evaluation.crop.value_or(preprocessing.crop);
  return examples;
}

}  // namespace ompq
