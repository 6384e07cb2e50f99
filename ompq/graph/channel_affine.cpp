// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_affine.h"

#include <array>
#include <cmath>

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

}  // namespace ompq
