// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/engine/cut_network.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/output_divergence.h"
#include "ompq/sensitivity/rounded_network.h"

namespace ompq::detail {
namespace {

/// The outputs of some positions.
Tensors picked(
    const Tensors& outputs, const std::vector<std::size_t>& positions) {
  Tensors result;
  for (const std::size_t k : positions) {
    result.push_back(outputs[k]);
  }
  return result;
}

/// Divergences of one layer rounded, by running what follows it.
class LayerDivergence {
 public:
  LayerDivergence(const Graph& graph, const std::vector<Tensors>& micro_batches)
      : cut_(graph, micro_batches), examples_(count_samples(micro_batches)) {
    expected_ = cut_.run_rest(graph);
    for (const Tensors& inputs : micro_batches) {
      sizes_.push_back(inputs.front().size(0));
    }
  }

  void advance_to(NodeId layer) { cut_.advance_to(layer); }

  /// Mean over the examples, of a network that differs behind the cut only.
  [[nodiscard]] double of(const Graph& rounded) const {
    const std::vector<std::size_t> behind = cut_.outputs_behind();
    const std::vector<Tensors> actual = cut_.run_rest(rounded);
    double sum = 0.0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      sum += example_divergences(
                 picked(expected_[i], behind), actual[i], sizes_[i])
                 .sum()
                 .item<double>();
    }
    return sum / static_cast<double>(examples_);
  }

 private:
  CutNetwork cut_;
  /// Outputs of the float network, for each micro-batch.
  std::vector<Tensors> expected_;
  std::vector<std::int64_t> sizes_;
  std::int64_t examples_;
};

}  // namespace

LayerErrors divergence_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const RoundedNetwork rounded(
      model, micro_batches, options.widths, options.grids, observer);
  const std::size_t count = options.widths.size();
  const std::vector<int> plain(count, 0);
  const Graph graph = rounded.at(plain);
  LayerDivergence divergence(graph, micro_batches);
  LayerErrors errors(count);
  auto done = static_cast<std::int64_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    divergence.advance_to(*graph.find_node(model.layers.layers[i].name));
    for (const int bits : options.widths[i]) {
      OMPQ_CHECK(
          !observer.interrupted(),
          ErrorCode::Interrupted,
          "[search] interrupted; nothing was written");
      std::vector<int> widths = plain;
      widths[i] = bits;
      // Rounding of float64 sums may leave less than nothing.
      errors[i][bits] = std::max(0.0, divergence.of(rounded.at(widths)));
      observer.advance(++done);
    }
  }
  return errors;
}

}  // namespace ompq::detail
