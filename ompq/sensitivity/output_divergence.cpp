// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/output_divergence.h"

#include <utility>

#include <ATen/ATen.h>

#include "ompq/engine/micro_batches.h"
#include "ompq/engine/network.h"
#include "ompq/reconstruction/sampled_loss.h"

namespace ompq {
namespace {

/// Sum over the examples.
double divergence(const at::Tensor& expected, const at::Tensor& actual) {
  if (!expected.is_floating_point()) {
    return static_cast<double>(expected.ne(actual).sum().item<std::int64_t>());
  }
  const at::Tensor from = expected.to(at::kDouble);
  const at::Tensor to = actual.to(at::kDouble);
  if (is_class_scores(from)) {
    const at::Tensor log_p = log_probabilities(from);
    const at::Tensor log_q = log_probabilities(to);
    return (log_p.exp() * (log_p - log_q)).sum().item<double>();
  }
  return 0.5 * (from - to).square().sum().item<double>();
}

}  // namespace

OutputDivergence::OutputDivergence(
    const Graph& graph, std::vector<Tensors> micro_batches)
    : micro_batches_(std::move(micro_batches)),
      expected_(outputs_of(graph)),
      examples_(count_samples(micro_batches_)) {}

std::vector<Tensors> OutputDivergence::outputs_of(const Graph& graph) const {
  const Network network(graph);
  std::vector<Tensors> outputs;
  // A run may overwrite what it gets.
  for (Tensors& inputs : copy_micro_batches(micro_batches_)) {
    outputs.push_back(network.run({std::move(inputs)}).front());
  }
  return outputs;
}

double OutputDivergence::of(const Graph& graph) const {
  const std::vector<Tensors> actual = outputs_of(graph);
  double sum = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    for (std::size_t k = 0; k < actual[i].size(); ++k) {
      sum += divergence(expected_[i][k], actual[i][k]);
    }
  }
  return sum / static_cast<double>(examples_);
}

}  // namespace ompq
