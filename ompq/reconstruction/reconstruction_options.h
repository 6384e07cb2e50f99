// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/core/units.h"
#include "ompq/quantization/scale_search.h"

namespace ompq {

/// How weights find their integers.
enum class RoundingMethod {
  /// To the nearest integer of the best scale.
  Nearest,
  /// Learned, one layer after the other (AdaRound).
  Layer,
  /// Learned, unit after unit (block reconstruction, BRECQ and QDrop).
  Block,
};

/// How much time reconstruction may take.
enum class Effort { Fast, Normal, Thorough };

/// How a network is quantized. Numbers that are absent follow from `effort`.
struct ReconstructionOptions {
  RoundingMethod method = RoundingMethod::Block;
  Effort effort = Effort::Normal;
  /// Gradient steps of each unit.
  std::optional<int> iterations;
  /// Gradient steps of the whole network after its units (method Block).
  std::optional<int> joint_iterations;
  /// Examples of a gradient step.
  int batch_size = 32;
  /// Probability that an activation stays float in a gradient step (QDrop).
  double drop_probability = 0.5;
  /// Second-order rounding (GPTQ on the im2col Hessian) before the first
  /// gradient step.
  bool one_shot = true;
  /// Weight the error of each output channel by the squared gradient of the
  /// network's loss (diagonal Fisher information).
  bool fisher = false;
  /// Equalize the ranges of channels of neighbouring layers beforehand. Absent:
  /// only for weights with one scale per tensor, where it was measured to help.
  std::optional<bool> equalize;
  /// Correct biases by the mean error of each channel.
  bool correct_bias = true;
  /// Zero point fixed to the middle of the grid, for weights or activations.
  /// Weights of 8 bits or more have it there in any case; see
  /// has_symmetric_weights().
  bool symmetric_weights = false;
  bool symmetric_activations = false;
  /// One scale per output channel (otherwise one per tensor).
  bool per_channel = true;
  /// Inputs that share a scale in Gemm and MatMul; 0 = all.
  int group_size = 0;
  /// What makes the scale of weights and of activations good.
  ScaleRule weight_scale = ScaleRule::LpNorm;
  ScaleRule activation_scale = ScaleRule::MeanSquare;
  bool quantize_inputs = true;
  bool quantize_outputs = false;
  /// Memory for the activations between units.
  Bytes memory = Bytes{std::int64_t{4} << 30};
  /// Where activations go that do not fit; absent: the system's folder for
  /// temporary files.
  std::optional<std::filesystem::path> spill_folder;
  std::uint64_t seed = 0;
};

/// True if weights of this width have their zero point in the middle of the
/// grid. With many codes a zero point of their own gains next to nothing, and
/// integer runtimes want one zero point for all channels of a layer.
[[nodiscard]] inline bool has_symmetric_weights(
    const ReconstructionOptions& options, int bits) {
  constexpr int kManyBits = 8;
  return options.symmetric_weights || bits >= kManyBits;
}

}  // namespace ompq
