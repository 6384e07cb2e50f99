// SPDX-License-Identifier: MIT
#include "examples/bundled/evaluation.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/data/synthetic_dataset.h"

#include "examples/bundled/nearest_rounding.h"
#include "examples/bundled/shape_batch.h"

namespace ompq::example {
namespace {

bool is_weight(const torch::Tensor& tensor) {
  return tensor.dim() >= 2;
}

bool is_first_or_last(const std::string& name) {
  return name.starts_with("stem") || name.starts_with("classifier");
}

}  // namespace

NetworkState state_of(const ResidualNetwork& network) {
  NetworkState state;
  for (const auto& entry : network->named_parameters()) {
    state.emplace(entry.key(), entry.value().detach());
  }
  for (const auto& entry : network->named_buffers()) {
    state.emplace(entry.key(), entry.value());
  }
  return state;
}

void load_state(ResidualNetwork& network, const Graph& graph) {
  const torch::NoGradGuard no_gradients;
  for (auto& [name, tensor] : state_of(network)) {
    if (!tensor.is_floating_point()) {
      continue;  // the number of batches seen, which no file holds
    }
    const std::optional<ValueId> id = graph.find_value(name);
    OMPQ_CHECK(
        id.has_value() && graph.value(*id).constant.has_value(),
        ErrorCode::InvalidModel,
        "[train_example] no constant '{}'; was the file written by this "
        "program?",
        name);
    const std::span<const float> elements =
        graph.value(*id).constant->elements<float>();
    const std::vector<float> values(elements.begin(), elements.end());
    tensor.copy_(torch::tensor(values).view(tensor.sizes()));
  }
}

std::int64_t weight_count(const ResidualNetwork& network) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : state_of(network)) {
    count += is_weight(tensor) ? tensor.numel() : 0;
  }
  return count;
}

double test_accuracy(ResidualNetwork& network, const TestOptions& options) {
  const torch::NoGradGuard no_gradients;
  const SyntheticDataset dataset(
      {.split = SyntheticSplit::Test,
       .size = options.images,
       .seed = options.seed});
  network->eval();
  std::int64_t right = 0;
  for (std::int64_t begin = 0; begin < dataset.size(); begin += options.batch) {
    const std::int64_t end = std::min(begin + options.batch, dataset.size());
    const ShapeBatch batch = load_batch(dataset, begin, end);
    const torch::Tensor best = network->forward(batch.images).argmax(1);
    right += best.eq(batch.labels).sum().item<std::int64_t>();
  }
  return 100.0 * static_cast<double>(right) /
         static_cast<double>(dataset.size());
}

double rounded_accuracy(
    ResidualNetwork& network, int bits, const TestOptions& options) {
  const torch::NoGradGuard no_gradients;
  NetworkState original;
  for (auto& [name, tensor] : state_of(network)) {
    if (is_weight(tensor)) {
      original.emplace(name, tensor.clone());
      tensor.copy_(round_to_nearest(tensor, is_first_or_last(name) ? 8 : bits));
    }
  }
  const double accuracy = test_accuracy(network, options);
  NetworkState rounded = state_of(network);
  for (const auto& [name, tensor] : original) {
    rounded.at(name).copy_(tensor);
  }
  return accuracy;
}

}  // namespace ompq::example
