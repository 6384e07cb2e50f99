// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/graph/shape_propagation.h"

namespace ompq {

/// What the first dimension of an input may be.
enum class Leading {
  /// A size that the network needs.
  Fixed,
  /// 1, as in a file made for one sample at a time.
  One,
  /// Left open by the file: the batch.
  Dynamic,
};

/// Shapes of the graph's inputs before it is known whether the batch can vary.
struct ResolvedInputs {
  InputShapes shapes;
  std::map<ValueId, Leading> leading;

  /// The shapes for a batch of `batch`: the first dimension of the inputs in
  /// `varying` is replaced.
  [[nodiscard]] InputShapes with_batch(
      const std::vector<ValueId>& varying, std::int64_t batch) const;
  /// The inputs whose first dimension is `leading`.
  [[nodiscard]] std::vector<ValueId> with_leading(Leading kind) const;
};

/// Shapes from the options and the file.
///
/// @throws Error{InvalidArgument}  a shape is given for something that is no
///                                 input, or has sizes below 1
/// @throws Error{InvalidModel}     a dimension other than the first is dynamic,
///                                 or the rank is unknown, and no shape is
///                                 given
[[nodiscard]] ResolvedInputs resolve_inputs(
    const Graph& graph, const ShapeOptions& options);

}  // namespace ompq
