// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_affine.h"

#include <array>
#include <cmath>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {

std::optional<ChannelAffine> read_batch_norm(
    const Graph& graph, const Node& node) {
  constexpr std::array kNames{"scale", "bias", "mean", "variance"};
  std::array<std::vector<double>, 4> parameters;
  const Constant* scale = graph.constant_input(node, 1);
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    const Constant* found = graph.constant_input(node, index + 1);
    if (found == nullptr || found->type() != DataType::Float32) {
      return std::nullopt;
    }
    OMPQ_CHECK(
        found->shape().size() == 1 && found->shape() == scale->shape(),
        ErrorCode::ShapeMismatch,
        "[fold_batch_norm] node '{}': expected a {} of shape {}, got {}",
        node.name,
        kNames[index],
        to_string(scale->shape()),
        to_string(found->shape()));
    parameters[index] = found->to_double();
  }
  if (node.integer("training_mode", 0) != 0) {
    return std::nullopt;
  }
  const auto& [gamma, beta, mean, variance] = parameters;
  const auto epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
  ChannelAffine affine;
  for (std::size_t channel = 0; channel < gamma.size(); ++channel) {
    const double factor =
        gamma[channel] / std::sqrt(variance[channel] + epsilon);
    // A variance below -epsilon is damaged; the node then stays as it is.
    if (!std::isfinite(factor)) {
      return std::nullopt;
    }
    affine.scale.push_back(factor);
    affine.shift.push_back(beta[channel] - mean[channel] * factor);
  }
  return affine;
}

std::optional<ChannelAffine> read_channel_constant(
    const Graph& graph, const Node& node, std::size_t data) {
  const bool is_sum = node.op_type == "Add";
  const auto& dimensions = graph.value(*node.input(data)).shape;
  const Constant* other = graph.constant_input(node, 1 - data);
  if ((!is_sum && node.op_type != "Mul") || !dimensions ||
      dimensions->size() < 2 || other == nullptr ||
      other->type() != DataType::Float32) {
    return std::nullopt;
  }
  const std::int64_t channels = (*dimensions)[1].size;
  const std::size_t rank = other->shape().size();
  bool fits = channels > 0 && rank <= dimensions->size();
  for (std::size_t i = 0; fits && i < rank; ++i) {
    const std::size_t axis = dimensions->size() - rank + i;
    const std::int64_t size = other->shape()[i];
    fits = size == 1 || (axis == 1 && size == channels);
  }
  if (!fits) {
    return std::nullopt;
  }
  const std::vector<double> given = other->to_double();
  std::vector<double> numbers;
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    numbers.push_back(
        given[given.size() == 1 ? 0 : static_cast<std::size_t>(channel)]);
  }
  std::vector<double> neutral(numbers.size(), is_sum ? 1.0 : 0.0);
  return is_sum ? ChannelAffine{std::move(neutral), std::move(numbers)}
                : ChannelAffine{std::move(numbers), std::move(neutral)};
}

}  // namespace ompq
