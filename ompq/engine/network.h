// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/fusion.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// A value that is reported while the network runs.
struct TapEvent {
  /// Position in NetworkOptions::taps.
  std::size_t tap = 0;
  /// The value for each micro-batch, in order; the tap may change it in place
  /// by applying `next`.
  std::span<const at::Tensor> slices;
  /// The Relu or Clip that the network applies next, if it is the only reader.
  /// A tap that reads the value anyway can apply it in the same pass.
  std::optional<ClampRange> next;
};

/// Called when a tapped value is complete for all micro-batches. Returns true
/// if it has applied `next` to the slices in place.
using Tap = std::function<bool(const TapEvent& event)>;

/// Called on the way back through what run() returned, with d loss / d value of
/// one micro-batch.
using GradientTap =
    std::function<void(std::size_t tap, const at::Tensor& gradient)>;

/// How a graph is turned into a network.
struct NetworkOptions {
  /// Values to report, in any order, without repetition.
  std::vector<ValueId> taps;
  /// Merge convolutions with what follows them and use oneDNN. Off: every
  /// operator runs by itself and is differentiable.
  bool fuse = true;
  /// Computed values whose gradients are reported, in any order, without
  /// repetition. With any, merged convolutions are differentiable by what they
  /// read, and nothing is merged that is not. A value takes part in the way
  /// back even if no input of the network requires a gradient.
  std::vector<ValueId> gradient_taps;
  /// Receives them, and must be there if there are any; the number is the
  /// position in gradient_taps.
  GradientTap on_gradient;

  /// True if what runs has a way back.
  [[nodiscard]] bool is_differentiable() const {
    return !fuse || !gradient_taps.empty();
  }
};

/// A graph ready to run on libtorch.
///
/// Nodes run one after the other, each for all micro-batches before the next
/// one starts, so that a tapped value is complete as soon as it appears; every
/// value is freed after its last use, micro-batch by micro-batch.
class OMPQ_API Network {
 public:
  /// @param graph  canonical form with shapes (PreparedModel::graph)
  /// @throws Error{Unsupported}  an operator or a mode of one; names the node
  explicit Network(Graph graph, NetworkOptions options = {});
  ~Network();
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;

  [[nodiscard]] const Graph& graph() const;

  /// Runs the network on micro-batches.
  ///
  /// @param micro_batches  for each: one tensor per graph input, in order.
  /// Their
  ///                       storage may be overwritten.
  /// @param tap            receives the tapped values; may be empty
  /// @return for each micro-batch: one tensor per graph output, in order
  /// @throws Error{ShapeMismatch, InvalidData}  an operator cannot take its
  ///                                            inputs; names the node
  [[nodiscard]] std::vector<Tensors> run(
      std::vector<Tensors> micro_batches, const Tap& tap = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
