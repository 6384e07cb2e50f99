// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Values that share memory.
struct Buffer {
  /// In the order in which they appear.
  std::vector<ValueId> values;
  /// Of the largest of them, for one sample; 0 = not known.
  std::int64_t elements = 0;
};

/// What is in memory while a node runs: what it reads and writes, and what is
/// read later on.
struct LiveMoment {
  NodeId node;
  /// Indices of buffers, ascending.
  std::vector<std::size_t> buffers;
};

/// Which tensors a run of the graph needs at the same time.
struct LiveTensors {
  std::vector<Buffer> buffers;
  /// One for each node, in the order in which they run.
  std::vector<LiveMoment> moments;
};

/// Follows the tensors of a run, one sample at a time, in the order of the
/// nodes. A tensor is there from the node that computes it (a graph input from
/// the first node) to the last one that reads it (a graph output to the last
/// node). Constants are not counted.
///
/// Two values share memory where a node only renames its input (Reshape,
/// Flatten, Squeeze, Unsqueeze, Identity, Dropout), or works element by element
/// on what nobody else reads (Relu, Clip, Sigmoid, ...).
[[nodiscard]] OMPQ_API LiveTensors find_live_tensors(const Graph& graph);

}  // namespace ompq
