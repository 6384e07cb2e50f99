// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/engine/fusion.h"
#include "ompq/engine/network.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/fake_quantize.h"

namespace ompq {

/// One step of a network: an operator between slots (one per value).
struct Step {
  /// Work that is done in place where the input is not needed any more.
  enum class InPlace { Never, Clamp, Add, Quantize };

  Operator run;
  std::vector<std::optional<ValueId>> inputs;
  std::vector<std::optional<ValueId>> outputs;
  InPlace in_place = InPlace::Never;
  /// For Clamp.
  ClampRange range;
  /// For Quantize.
  FakeQuantize quantizer;
  /// Values that no later step reads and that are no outputs.
  std::vector<ValueId> dead;
  /// Taps (positions in NetworkOptions::taps) that this step completes.
  std::vector<std::size_t> completed_taps;
  /// Positions in NetworkOptions::gradient_taps of outputs; merged values are
  /// reported by `run` itself.
  std::vector<std::size_t> gradient_taps;
};

/// The steps of a network and the values that are there before the first one.
struct Schedule {
  std::vector<Step> steps;
  /// By ValueId: the constants that steps read, otherwise undefined.
  Tensors constants;
};

/// Orders, merges and folds: constants that the graph could not fold are
/// computed here, once.
///
/// @throws Error{Unsupported}  an operator or a mode of one
[[nodiscard]] Schedule make_schedule(
    const Graph& graph, const NetworkOptions& options);

}  // namespace ompq
