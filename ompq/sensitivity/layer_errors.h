// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/sensitivity/score.h"
#include "ompq/sensitivity/weight_grids.h"

namespace ompq {

/// What measure_layer_errors() measures.
struct LayerErrorOptions {
  ErrorKind kind = ErrorKind::Output;
  /// Widths of each layer, in bits; index = LayerId.
  std::vector<std::vector<int>> widths;
  /// Widths of activations whose errors are measured as well, where the kind
  /// tells (tells_activations()).
  std::vector<int> activation_widths;
  WeightGrids grids;
  /// Start of the labels that are drawn.
  std::uint64_t seed = 0;
};

/// The error that rounding one layer's weights to b bits makes, from one pass
/// of the samples through the float network. With dW_b = Q_b(W) - W, nearest
/// rounding at the searched scale, and e_b = dW_b x the error of the layer's
/// output less its mean (which a corrected bias takes away):
///
///   Output   sum_c E e_bc^2 / sum_c Var y_c
///   Fisher   1/2 P sum_c E g_c^2 E e_bc^2
///   Balanced sqrt(Output Fisher); Fisher where the output does not vary
///   Taylor   1/2 E_n (sum over the output of g e_b)^2
///
///   Hessian  1/2 tr(H) / n |dW_b|^2
///
///   Divergence   OutputDivergence of the network with this layer rounded
///
/// y is the layer's output, P its positions, g the gradient of the
/// log-likelihood of a label drawn from the network's own output, n an image;
/// tr(H) the trace of the divergence's Hessian by the layer's n weights, as
/// hessian_traces() estimates it.
/// Fisher, Taylor and Hessian estimate the divergence of the network's output,
/// in nats. Lower is better; 0 = exact.
///
/// For an activation width a, Output, Fisher and Balanced take e_a = W (Q_a(x)
/// - x) in place of e_b, with one grid for the whole of the layer's input.
///
/// Output, Fisher and Balanced take at most a few thousand positions of each
/// layer, spread over the images; Taylor takes all. Divergence runs the network
/// once for every layer and width. The same for any number of threads and
/// micro-batches up to the rounding of float32 sums.
///
/// @param micro_batches  as Network::run takes them; kept
/// @param observer       is told of error_steps() steps
/// @throws Error{InvalidData}   a weight, an output or a gradient is NaN or
///                              infinite; names the layer
/// @throws Error{Degenerate}    a layer's output is constant, but its error is
///                              not (Output)
/// @throws Error{Unsupported}   no gradient reaches a layer (Fisher, Balanced,
///                              Taylor, Hessian): names it and another score
/// @throws Error{Interrupted}   the observer asked to stop
/// @source docs/allocation.md
[[nodiscard]] OMPQ_API ErrorTables measure_error_tables(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer = silent_observer());

/// How many steps of roughly equal length that takes.
///
/// @param samples  examples in all micro-batches
[[nodiscard]] OMPQ_API std::int64_t error_steps(
    const LayerErrorOptions& options, std::int64_t samples);

/// The same, of the weights alone.
[[nodiscard]] OMPQ_API LayerErrors measure_layer_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer = silent_observer());

namespace detail {

/// One function for each ErrorKind; Fisher and Balanced have one together.
[[nodiscard]] ErrorTables output_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer);
[[nodiscard]] ErrorTables fisher_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer);
[[nodiscard]] LayerErrors taylor_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer);
[[nodiscard]] LayerErrors hessian_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer);
[[nodiscard]] LayerErrors divergence_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer);

}  // namespace detail
}  // namespace ompq
