// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/reconstruction_checks.h"

#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

void check_width(
    const std::string& layer,
    std::string_view what,
    int bits,
    bool is_symmetric) {
  const int least = is_symmetric ? 2 : kMinPlanBits;
  OMPQ_CHECK(
      bits >= least && bits <= kMaxPlanBits,
      ErrorCode::InvalidPlan,
      "[quantize] layer '{}': {} cannot have {} bits; {} to {} are possible{}",
      layer,
      what,
      bits,
      least,
      kMaxPlanBits,
      is_symmetric ? " with a symmetric grid" : "");
}

/// Number of examples that a tensor holds; 0 if it holds none.
std::int64_t examples_of(const at::Tensor& input) {
  return input.defined() && input.dim() > 0 ? input.size(0) : 0;
}

}  // namespace

void check_widths(
    const LayerTable& layers,
    const BitPlan& plan,
    const ReconstructionOptions& options) {
  OMPQ_CHECK(
      plan.layers.size() == layers.size(),
      ErrorCode::InvalidPlan,
      "[quantize] the plan has {} layers, the network {}",
      plan.layers.size(),
      layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerBits& bits = plan.layers[i];
    const std::string& layer = layers[i].name;
    check_width(layer, "weights", bits.weight_bits, options.symmetric_weights);
    if (bits.activation_bits.has_value()) {
      check_width(
          layer,
          "activations",
          *bits.activation_bits,
          options.symmetric_activations);
    }
  }
}

void check_examples(
    const Graph& graph, const std::vector<Tensors>& calibration) {
  OMPQ_CHECK(
      !calibration.empty(),
      ErrorCode::InvalidData,
      "[quantize] there are no calibration examples");
  for (std::size_t i = 0; i < calibration.size(); ++i) {
    const Tensors& inputs = calibration[i];
    OMPQ_CHECK(
        !inputs.empty() && inputs.size() == graph.inputs().size(),
        ErrorCode::InvalidData,
        "[quantize] calibration micro-batch {} has {} tensors, the network {} "
        "inputs",
        i,
        inputs.size(),
        graph.inputs().size());
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      const std::int64_t examples = examples_of(inputs[j]);
      OMPQ_CHECK(
          examples > 0 && examples == examples_of(inputs.front()),
          ErrorCode::InvalidData,
          "[quantize] calibration micro-batch {}: input '{}' has {} examples, "
          "the first input {}; give each as many, at least one",
          i,
          graph.value(graph.inputs()[j]).name,
          examples,
          examples_of(inputs.front()));
    }
  }
}

}  // namespace ompq
