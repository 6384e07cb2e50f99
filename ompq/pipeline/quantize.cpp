// SPDX-License-Identifier: MIT
#include "ompq/pipeline/quantize.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <torch/version.h>

#include "ompq/core/error.h"
#include "ompq/core/machine.h"
#include "ompq/core/option_table.h"
#include "ompq/core/sha256.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/pipeline/checkpoint.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/quantize_options.h"
#include "ompq/pipeline/widths_json.h"
#include "ompq/pipeline/write_result.h"
#include "ompq/reconstruction/reconstruct.h"
#include "ompq/version.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

/// Digest of the numbers that the network reads.
std::string fingerprint(const std::vector<Tensors>& inputs) {
  Sha256 hash;
  for (const Tensors& batch : inputs) {
    for (const at::Tensor& tensor : batch) {
      // Dense, so the elements lie in one piece in whatever order.
      const at::Tensor dense =
          tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
      hash.add({static_cast<const char*>(dense.data_ptr()), dense.nbytes()});
    }
  }
  return hash.hexadecimal();
}

Json optimisation_json(ReconstructionOptions options) {
  OptionTable table;
  describe_optimisation(options, table);
  describe_grids(options, table);
  Json json = Json::object();
  for (const OptionRecord& record : table.records()) {
    json[record.name] = record.text();
  }
  json["seed"] = options.seed;
  return json;
}

/// Everything that the units depend on.
Json run_identity(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& calibration,
    const std::vector<Tensors>& inputs,
    const QuantizeOptions& options) {
  Json json = Json::object();
  json["ompq"] = kVersion;
  json["model"] = model.model_hash;
  json["threads"] = options.threads;
  json["plan"] = widths_json(plan);
  json["options"] = optimisation_json(options.reconstruction);
  json["calibration"] = {
      {"examples", count_samples(inputs)},
      {"micro_batch", inputs.front().front().size(0)},
      {"preprocessing", to_json(calibration.preprocessing)},
      {"pixels", fingerprint(inputs)}};
  return json;
}

ReconstructionOptions fitted_options(
    ReconstructionOptions options, std::int64_t examples, Observer& observer) {
  if (options.batch_size > examples) {
    observer.warn(fmt::format(
        "only {} calibration examples for gradient steps of {}: the steps take "
        "{}; more examples make a better network",
        examples,
        options.batch_size,
        examples));
    options.batch_size = static_cast<int>(examples);
  }
  return options;
}

Reconstruction reconstruct_units(
    const PreparedModel& model,
    const Plan& plan,
    std::vector<Tensors> inputs,
    const ReconstructionOptions& options,
    Checkpoint& checkpoint,
    const fs::path& folder,
    Observer& observer) {
  try {
    return reconstruct(
        model,
        bit_plan(plan),
        std::move(inputs),
        options,
        checkpoint,
        observer);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Interrupted) {
      throw;
    }
    fail(
        ErrorCode::Interrupted,
        "{}; finished units are kept in {}: the same command goes on there",
        error.what(),
        folder.string());
  }
}

}  // namespace

QuantizationRecord quantize(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& calibration,
    const std::optional<ExampleSet>& evaluation,
    const QuantizeOptions& options,
    const ResultFolder& folder,
    Observer& observer) {
  StageClock clock;
  std::vector<Tensors> inputs = load_inputs(
      model,
      calibration.dataset,
      calibration.preprocessing,
      options.input,
      observer);
  QuantizationRecord record{
      .command = options.command,
      .machine = describe_machine(),
      .versions =
          {{"ompq", std::string(kVersion)}, {"libtorch", TORCH_VERSION}},
      .plan = plan,
      .seed = options.reconstruction.seed,
      .threads = options.threads,
      .calibration_examples = count_samples(inputs),
      .calibration_preprocessing = calibration.preprocessing,
      .preprocessing =
          evaluation ? evaluation->preprocessing : calibration.preprocessing,
      .settings = options.settings,
      .seconds = options.earlier_seconds};
  clock.lap(record, "decode");

  Checkpoint checkpoint(
      folder.checkpoint(),
      run_identity(model, plan, calibration, inputs, options),
      options.restart,
      observer);
  Reconstruction result = reconstruct_units(
      model,
      plan,
      std::move(inputs),
      fitted_options(
          options.reconstruction, record.calibration_examples, observer),
      checkpoint,
      folder.checkpoint(),
      observer);
  record.units = std::move(result.units);
  record.layers = std::move(result.layers);
  record.resumed_units = checkpoint.loaded();
  clock.lap(record, "reconstruct");

  write_result(
      {.graph = std::move(result.graph),
       .model = std::move(result.model),
       .float_layers = {}},
      {.model_hash = model.model_hash,
       .profile = options.profile,
       .seed = options.reconstruction.seed},
      folder,
      record);
  clock.lap(record, "write");
  if (evaluation) {
    evaluate_both(
        model, *evaluation, options.input, folder, record, clock, observer);
  }
  record.peak_memory = peak_memory();
  record.date = time_now();
  write_json(folder.record(), to_json(record));
  checkpoint.remove();
  return record;
}

}  // namespace ompq
