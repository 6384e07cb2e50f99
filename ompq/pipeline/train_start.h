// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/plan/plan.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/training/make_trainable.h"
#include "ompq/training/training_options.h"

namespace ompq {

/// A training that goes on from a quantized network. Its integers and steps are
/// those of the file; what a plan's width has more than the integers need is
/// given back to their grid.
///
/// @param path  a result folder or an ONNX file with integer weights
/// @throws Error{InvalidArgument}  the network has other layers than the model,
///                                 or wider integers than the plan; names the
///                                 layer
/// @throws as read_quantized_network()
[[nodiscard]] OMPQ_API TrainingStart start_from_result(
    const PreparedModel& model,
    const Plan& plan,
    const std::filesystem::path& path,
    const ShapeOptions& shapes = {});

/// A training from the float network: each weight to the nearest integer,
/// activations calibrated on the examples.
///
/// @throws as reconstruct()
[[nodiscard]] OMPQ_API TrainingStart start_from_float(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& calibration,
    const ReconstructionOptions& options,
    const InputOptions& input,
    Observer& observer);

/// The normalisations behind the layers of a model's file. Nothing is kept with
/// NormKind::Fold; a file without any gets a warning otherwise.
[[nodiscard]] OMPQ_API std::map<std::string, LayerNorm> norms_of_model(
    const PreparedModel& model,
    NormKind norm,
    const ShapeOptions& shapes,
    Observer& observer);

/// Digest of all numbers that a training starts from.
[[nodiscard]] std::string start_digest(const TrainingStart& start);

}  // namespace ompq
