// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/output_divergence.h"

#include <numeric>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/engine/micro_batches.h"
#include "ompq/engine/network.h"
#include "ompq/reconstruction/sampled_loss.h"

namespace ompq {
namespace {

/// How far each element, or each row of classes, is off.
at::Tensor divergences(const at::Tensor& expected, const at::Tensor& actual) {
  if (!expected.is_floating_point()) {
    return expected.ne(actual).to(at::kDouble);
  }
  const at::Tensor from = expected.to(at::kDouble);
  const at::Tensor to = actual.to(at::kDouble);
  if (is_class_scores(from)) {
    const at::Tensor log_p = log_probabilities(from);
    const at::Tensor log_q = log_probabilities(to);
    return (log_p.exp() * (log_p - log_q)).sum(1);
  }
  return 0.5 * (from - to).square();
}

}  // namespace

at::Tensor example_divergences(
    const Tensors& expected, const Tensors& actual, std::int64_t examples) {
  at::Tensor result = at::zeros({examples}, at::kDouble);
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const at::Tensor each = divergences(expected[k], actual[k]);
    if (each.dim() > 0 && each.size(0) % examples == 0) {
      result += each.reshape({examples, -1}).sum(1);
    } else {
      result += each.sum() / static_cast<double>(examples);
    }
  }
  return result;
}

std::vector<double> example_divergences(
    const std::vector<Tensors>& expected,
    const std::vector<Tensors>& actual,
    const std::vector<Tensors>& micro_batches) {
  std::vector<double> all;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const at::Tensor each = example_divergences(
        expected[i], actual[i], micro_batches[i].front().size(0));
    all.insert(
        all.end(),
        each.data_ptr<double>(),
        each.data_ptr<double>() + each.numel());
  }
  return all;
}

double mean_divergence(const std::vector<double>& divergences) {
  return std::accumulate(divergences.begin(), divergences.end(), 0.0) /
         static_cast<double>(divergences.size());
}

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

std::vector<double> OutputDivergence::of_each(const Graph& graph) const {
  return example_divergences(expected_, outputs_of(graph), micro_batches_);
}

double OutputDivergence::of(const Graph& graph) const {
  return mean_divergence(of_each(graph));
}

}  // namespace ompq
