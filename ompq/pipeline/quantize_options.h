// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "ompq/core/option_text.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

template <>
struct EnumNames<RoundingMethod> {
  /// AdaRound learns the rounding layer by layer.
  static constexpr std::array kNames{
      std::pair{std::string_view{"nearest"}, RoundingMethod::Nearest},
      std::pair{std::string_view{"layer"}, RoundingMethod::Layer},
      std::pair{std::string_view{"adaround"}, RoundingMethod::Layer},
      std::pair{std::string_view{"block"}, RoundingMethod::Block}};
};

template <>
struct EnumNames<Effort> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"fast"}, Effort::Fast},
      std::pair{std::string_view{"normal"}, Effort::Normal},
      std::pair{std::string_view{"thorough"}, Effort::Thorough}};
};

template <>
struct EnumNames<ScaleRule> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"minmax"}, ScaleRule::MinMax},
      std::pair{std::string_view{"mse"}, ScaleRule::MeanSquare},
      std::pair{std::string_view{"lp"}, ScaleRule::LpNorm},
      std::pair{std::string_view{"percentile"}, ScaleRule::Percentile},
      std::pair{std::string_view{"entropy"}, ScaleRule::Entropy}};
};

/// The options of the optimisation; the seed is one of the run.
template <typename Visitor>
void describe_optimisation(ReconstructionOptions& options, Visitor&& visit) {
  visit(
      options.method,
      {.name = "method",
       .help = "how weights find their integers: to the nearest, learned layer "
               "by layer (AdaRound), or learned block by block"});
  visit(options.effort, {.name = "effort", .help = "time it may take"});
  visit(
      options.iterations,
      {.name = "iterations",
       .help = "gradient steps of each unit",
       .low = 0,
       .high = 1e7,
       .empty_means = "by --effort"});
  visit(
      options.joint_iterations,
      {.name = "joint-iterations",
       .help = "gradient steps of the whole network after its units, with "
               "--method block",
       .low = 0,
       .high = 1e7,
       .empty_means = "by --effort"});
  visit(
      options.batch_size,
      {.name = "batch",
       .help = "examples of a gradient step; fewer if there are fewer",
       .low = 1,
       .high = 65536});
  visit(
      options.drop_probability,
      {.name = "drop",
       .help = "probability that an activation stays float in a gradient step",
       .low = 0,
       .high = 1});
  visit(
      options.one_shot,
      {.name = "one-shot",
       .help = "second-order rounding before the first gradient step",
       .takes_value = true});
  visit(
      options.fisher,
      {.name = "fisher",
       .help = "weight the error of each channel by the squared gradient of "
               "the network's loss"});
  visit(
      options.equalize,
      {.name = "equalize",
       .help = "equalize the ranges of the channels of neighbouring layers "
               "beforehand",
       .placeholder = "on|off",
       .empty_means = "where it helps"});
  visit(
      options.correct_bias,
      {.name = "correct-bias",
       .help = "correct biases by the mean error of each channel where that "
               "helps",
       .takes_value = true});
}

/// The options of the grids.
template <typename Visitor>
void describe_grids(ReconstructionOptions& options, Visitor&& visit) {
  visit(
      options.symmetric_weights,
      {.name = "symmetric-weights",
       .help = "zero point of weights in the middle of the grid below 8 bits, "
               "too"});
  visit(
      options.symmetric_activations,
      {.name = "symmetric-activations",
       .help = "zero point of activations in the middle of the grid"});
  visit(
      options.per_channel,
      {.name = "per-channel",
       .help = "one scale for each output channel; off: one for each layer",
       .takes_value = true});
  visit(
      options.group_size,
      {.name = "group-size",
       .help = "inputs that share a scale in Gemm and MatMul, 0 = all",
       .low = 0,
       .high = 65536});
  visit(
      options.weight_scale,
      {.name = "weight-scale", .help = "what makes a scale of weights good"});
  visit(
      options.activation_scale,
      {.name = "act-scale", .help = "what makes a scale of activations good"});
  visit(
      options.quantize_inputs,
      {.name = "quantize-inputs",
       .help = "quantize the network's input",
       .takes_value = true});
  visit(
      options.quantize_outputs,
      {.name = "quantize-outputs", .help = "quantize the network's outputs"});
}

/// Where activations are kept meanwhile; the result does not depend on it.
template <typename Visitor>
void describe_memory(ReconstructionOptions& options, Visitor&& visit) {
  visit(
      options.memory,
      {.name = "memory",
       .help = "memory for the activations between units; what does not fit "
               "goes to files",
       .empty_means = "4GiB"});
  visit(
      options.spill_folder,
      {.name = "spill-folder",
       .help = "folder for those files",
       .placeholder = "FOLDER",
       .empty_means = "the system's for temporary files"});
}

}  // namespace ompq
