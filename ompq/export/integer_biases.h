// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/export/packed_constants.h"

namespace ompq {

/// The model with the biases that its packed file holds: a layer without one
/// gets that of its node, and one that an integer kernel reads is a multiple of
/// input scale x weight scale.
[[nodiscard]] OMPQ_API QuantizedModel
with_integer_biases(const Graph& float_graph, const QuantizedModel& model);

/// The layers whose bias an integer kernel adds, as a multiple of input scale x
/// weight scale, with the value among the activations whose scale that is: what
/// the layer reads, or what this is a copy of (Flatten, MaxPool, ...).
[[nodiscard]] OMPQ_API std::map<std::string, std::string>
find_integer_bias_inputs(const Graph& float_graph, const QuantizedModel& model);

namespace detail {

/// The codes of a layer's bias where an integer kernel reads them, see
/// bias_codes(); absent if it stays float.
///
/// @param weight  of the layer
/// @param input   nullptr: the layer is not between quantized values
[[nodiscard]] std::optional<std::vector<std::int32_t>> integer_bias(
    const QuantizedLayer& layer,
    const Node& node,
    const PackedConstants& weight,
    const IntegerInput* input);

}  // namespace detail
}  // namespace ompq
