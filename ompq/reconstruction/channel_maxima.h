// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// Runs a network and keeps the largest magnitude of each channel:
///
///   maxima[name of v][c] = max over n, h, w of |v[n, c, h, w]|
///
/// One float per channel is kept, whatever the number of examples.
///
/// @param graph          canonical form with shapes
/// @param values         computed values [N, C, ...] float32, without
///                       repetition
/// @param micro_batches  for each: one tensor per graph input; their storage
///                       may be overwritten
/// @throws Error{InvalidData}  an element is NaN or infinite; names value and
///                             channel
[[nodiscard]] OMPQ_API std::map<std::string, std::vector<float>>
observe_channel_maxima(
    const Graph& graph,
    const std::vector<ValueId>& values,
    std::vector<Tensors> micro_batches);

/// The maxima that equalize_layers() asks for: of every
/// ChannelPath::activation of the model.
[[nodiscard]] OMPQ_API std::map<std::string, std::vector<float>>
observe_equalization_maxima(
    const PreparedModel& model, std::vector<Tensors> micro_batches);

}  // namespace ompq
