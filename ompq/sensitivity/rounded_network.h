// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/sensitivity/weight_grids.h"

namespace ompq {

/// Weight widths of a plan, as RoundedNetwork takes them.
[[nodiscard]] OMPQ_API std::vector<int> weight_widths(const BitPlan& plan);

/// A network whose layers can have rounded weights, each at any of its widths.
///
/// A rounded layer has W + dW_b for weights, dW_b = Q_b(W) - W by nearest
/// rounding at the searched scale, and, where it can add a bias,
/// beta - E[dW_b x], x what it reads in the float network. Activations stay
/// float.
class OMPQ_API RoundedNetwork {
 public:
  /// Rounds every layer to every width.
  ///
  /// @param micro_batches  for E[dW_b x]; as Network::run takes them; kept
  /// @param widths         of each layer, in bits; index = LayerId
  /// @throws Error{InvalidData}  a weight is NaN or infinite; names the layer
  /// @throws Error{Interrupted}  the observer asked to stop
  RoundedNetwork(
      const PreparedModel& model,
      const std::vector<Tensors>& micro_batches,
      const std::vector<std::vector<int>>& widths,
      const WeightGrids& grids,
      Observer& observer = silent_observer());

  /// The network with layer i at widths[i] bits; 0 leaves it as it is.
  ///
  /// @throws Error{InvalidArgument}  a width that was not rounded to
  [[nodiscard]] Graph at(const std::vector<int>& widths) const;

  /// Nodes of the layers in all graphs of at().
  [[nodiscard]] const std::vector<NodeId>& layers() const { return layers_; }

 private:
  struct Parameters {
    Constant weight;
    std::optional<Constant> bias;
  };

  /// Every layer has a weight and, where it can, a bias of its own.
  Graph graph_;
  std::vector<NodeId> layers_;
  /// By width.
  std::vector<std::map<int, Parameters>> rounded_;
};

}  // namespace ompq
