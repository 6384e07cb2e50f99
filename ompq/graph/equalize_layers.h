// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// What the ranges of channels are made equal for.
enum class EqualizationGoal {
  /// Weights with one scale a tensor: range of a channel in the layer = range
  /// of what its readers multiply it by.
  Weights,
  /// Weights with one scale an output channel, which do not mind the range of
  /// their own channel: range of a channel's activations = range of what its
  /// readers multiply it by. A depthwise reader does not mind either; all
  /// activations then get one range. Needs channel_maxima.
  Activations,
};

/// What happens to a Clip from 0 (ReLU6), which scales do not pass.
enum class ClipHandling {
  /// Its layer is left as it is.
  Skip,
  /// The Clip stays. Channels that reach the limit keep their scale, others
  /// are scaled as long as they stay below. The same numbers for activations
  /// within `headroom` of channel_maxima; a layer without maxima is left as it
  /// is.
  KeepBelowLimit,
  /// Relu and Min with a limit for each channel take its place: the same
  /// numbers for any input, one more pass over the activation.
  LimitPerChannel,
  /// Relu takes its place. Different numbers where the limit was reached.
  Remove,
};

struct EqualizationOptions {
  EqualizationGoal goal = EqualizationGoal::Weights;
  ClipHandling clips = ClipHandling::KeepBelowLimit;
  /// Largest magnitude of each channel [C], seen in calibration, of the values
  /// ChannelPath::activation, by name. Where they are known, no channel is
  /// scaled up beyond the largest one: channels with small weights and a large
  /// bias would widen the range of the whole activation otherwise.
  std::map<std::string, std::vector<float>> channel_maxima;
  /// How far above what was seen an activation may go without meeting a limit.
  double headroom = 1.25;
  /// Largest factor, up or down, in one sweep.
  double largest_scale = 1e3;
  /// Rounds over all layers: neighbours depend on each other. Ends earlier once
  /// no scale changes by more than `tolerance`, relatively.
  int sweeps = 40;
  double tolerance = 1e-3;
};

/// What was done to the channels of one layer.
struct EqualizedLayer {
  /// Name of the layer.
  std::string name;
  /// Largest over smallest max |W| of its output channels that are not zero,
  /// and of the same channels in the readers; at least 1.
  double ratio_before = 1.0;
  double ratio_after = 1.0;
  double reader_ratio_before = 1.0;
  double reader_ratio_after = 1.0;
};

struct Equalization {
  /// Layers keep the names of their nodes; weights that changed have new names.
  /// Nodes are added by ClipHandling::LimitPerChannel: find the layers again.
  Graph graph;
  /// One for each path of find_channel_paths() that was scaled.
  std::vector<EqualizedLayer> layers;
  /// Largest of all ratios, before and after; 1 without any layer.
  double largest_ratio_before = 1.0;
  double largest_ratio_after = 1.0;
};

/// Cross-layer equalization: scales the channels between two layers so that
/// both hold them in the same range, without changing what the network
/// computes.
///
///   W1' = W1 / s,  b1' = b1 / s,  W2' = W2 s,   s_c = sqrt(r1_c / r2_c)
///
/// r1_c is max |W1| of output channel c (or its largest activation), r2_c max
/// |W2| over everything that reads it. Where one of them is zero, s_c = 1. All
/// s of a layer are divided by their geometric mean (of the channels that may
/// not be scaled, if there are some): only ratios matter to quantization.
///
/// What it gains depends on the quantizer of weights: with one scale a tensor
/// the weights' error falls; with one scale an output channel, the rows of the
/// layer do not mind their range, and the columns of the readers may fit their
/// rows less well than before. Measure both on calibration data.
///
/// @param graph   canonical form with shapes, BatchNormalization folded
/// @param layers  of this graph
/// @throws Error{ShapeMismatch}    channel maxima of the wrong length
/// @throws Error{InvalidData}      a maximum is negative, NaN or infinite;
/// names
///                                 the value and channel
/// @throws Error{InvalidArgument}  an option outside its range; a goal without
///                                 the maxima it needs
/// @source Nagel et al., Data-Free Quantization Through Weight Equalization and
///         Bias Correction, arXiv 1906.04721, section 4.1. They replace ReLU6
///         by ReLU; Remove does that. Their r is the range of a tensor per
///         channel, twice max |W|: the same s. Activations:
///         SmoothQuant, arXiv 2211.10438, equation 4 with alpha 0.5.
[[nodiscard]] OMPQ_API Equalization equalize_layers(
    const Graph& graph,
    const LayerTable& layers,
    const EqualizationOptions& options = {});

}  // namespace ompq
