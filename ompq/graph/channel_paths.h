// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// A layer that reads the channels of another one.
struct ChannelReader {
  NodeId node;
  /// Inputs of the layer for channel c: first_input + c inputs_per_channel and
  /// the following, inputs_per_channel of them. A Concat moves the first one,
  /// a Flatten makes several of one.
  std::int64_t first_input = 0;
  std::int64_t inputs_per_channel = 1;
};

/// Output channels of one layer and everything that reads them. Dividing
/// channel c by s > 0 in the layer and multiplying by s in every reader changes
/// nothing else, because all that lies between is positively homogeneous and
/// keeps channels apart: f(x / s) = f(x) / s.
struct ChannelPath {
  /// The layer that makes the channels.
  NodeId layer;
  std::int64_t channels = 0;
  /// What the readers get, before pooling and reshaping: behind the activation
  /// of the layer. The value whose channel maxima are of interest.
  ValueId activation;
  /// The one node that breaks homogeneity, if there is one: a Clip from 0 to
  /// `limit` in front of `activation`.
  std::optional<NodeId> clip;
  float limit = 0.0F;
  /// At least one.
  std::vector<ChannelReader> readers;
};

/// Finds the layers (Conv, ConvTranspose, Gemm) whose channels are read by such
/// layers only, in graph order. Between them may be: Relu, LeakyRelu, PRelu,
/// Clip from 0 (directly behind the layer), Identity, MaxPool, AveragePool,
/// their global forms, ReduceMean over positions, Pad with zeros or copies,
/// Flatten, Reshape and Squeeze to [N, C k] or [N, C], and Concat of channels.
///
/// A layer whose weight is shared with another node has no path and reads none:
/// both would have to change.
///
/// @param graph  canonical form with shapes; the graph in which the layers were
///               found
[[nodiscard]] OMPQ_API std::vector<ChannelPath> find_channel_paths(
    const Graph& graph, const LayerTable& layers);

}  // namespace ompq
