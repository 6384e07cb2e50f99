// SPDX-License-Identifier: MIT
#include "examples/bundled/evaluation.h"

#include <algorithm>
#include <optional>
#include <string>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/fold_batch_norm.h"
#include "ompq/graph/shape_inference.h"

#include "examples/bundled/nearest_rounding.h"
#include "examples/bundled/shape_batch.h"

namespace ompq::example {
namespace {

bool is_weight(const at::Tensor& tensor) {
  return tensor.dim() >= 2;
}

bool is_first_or_last(const std::string& name) {
  return name.starts_with("stem") || name.starts_with("classifier");
}

}  // namespace

NetworkState read_state(const Graph& graph, const NetworkState& like) {
  NetworkState state;
  for (const auto& [name, tensor] : like) {
    const std::optional<ValueId> id = graph.find_value(name);
    OMPQ_CHECK(
        id.has_value() && graph.value(*id).constant.has_value(),
        ErrorCode::InvalidModel,
        "[train_example] no constant '{}'; was the file written by this "
        "program?",
        name);
    state[name] = to_tensor(*graph.value(*id).constant).reshape(tensor.sizes());
  }
  return state;
}

std::int64_t weight_count(const NetworkState& state) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : state) {
    count += is_weight(tensor) ? tensor.numel() : 0;
  }
  return count;
}

double test_accuracy(const NetworkState& state, const TestOptions& options) {
  const SyntheticDataset dataset(
      {.split = SyntheticSplit::Test,
       .size = options.images,
       .seed = options.seed});
  const Network network(fold_batch_norm(infer_shapes(network_graph(state))));
  std::int64_t right = 0;
  for (std::int64_t begin = 0; begin < dataset.size(); begin += options.batch) {
    const std::int64_t end = std::min(begin + options.batch, dataset.size());
    const ShapeBatch batch = load_batch(dataset, begin, end);
    const at::Tensor best =
        network.run({{batch.images}}).front().front().argmax(1);
    right += best.eq(batch.labels).sum().item<std::int64_t>();
  }
  return 100.0 * static_cast<double>(right) /
         static_cast<double>(dataset.size());
}

double rounded_accuracy(
    const NetworkState& state, int bits, const TestOptions& options) {
  NetworkState rounded = state;
  for (auto& [name, tensor] : rounded) {
    if (is_weight(tensor)) {
      tensor = round_to_nearest(tensor, is_first_or_last(name) ? 8 : bits);
    }
  }
  return test_accuracy(rounded, options);
}

}  // namespace ompq::example
