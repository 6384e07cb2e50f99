// SPDX-License-Identifier: MIT
#include "ompq/pipeline/write_result.h"

#include <filesystem>
#include <optional>

#include <sys/resource.h>

#include "ompq/pipeline/evaluate.h"
#include "ompq/pipeline/export_network.h"
#include "ompq/pipeline/given_plan.h"
#include "ompq/pipeline/load_exported.h"
#include "ompq/plan/plan_file.h"
#include "ompq/version.h"

namespace ompq {

void StageClock::lap(QuantizationRecord& record, const std::string& stage) {
  const auto now = Clock::now();
  record.seconds.emplace_back(
      stage, std::chrono::duration<double>(now - last_).count());
  last_ = now;
}

void write_result(
    const QuantizedNetwork& network,
    const ResultOrigin& origin,
    const ResultFolder& folder,
    QuantizationRecord& record) {
  // An older record would describe another model from here on, and older
  // encodings the grids of another one.
  std::error_code ignored;
  std::filesystem::remove(folder.record(), ignored);
  std::filesystem::remove(encodings_file_of(folder.model()), ignored);
  write_plan(folder.plan(), record.plan);
  record.exported = export_network(
      network,
      {.profile = origin.profile,
       .output = folder.model(),
       .metadata =
           {{"ompq.version", std::string(kVersion)},
            {"ompq.model_hash", origin.model_hash},
            {"ompq.seed", fmt::to_string(origin.seed)}},
       .limit = origin.profile == ExportProfile::Packed
                    ? promised_size(record.plan)
                    : std::nullopt,
       .seed = origin.seed},
      verify_export);
}

void evaluate_both(
    const PreparedModel& model,
    const ExampleSet& evaluation,
    const InputOptions& input,
    const ResultFolder& folder,
    QuantizationRecord& record,
    StageClock& clock,
    Observer& observer) {
  const auto accuracy = [&](const PreparedModel& network) {
    return evaluate(
        network, evaluation.dataset, evaluation.preprocessing, input, observer);
  };
  record.float_accuracy = accuracy(model);
  clock.lap(record, "eval float");
  record.quantized_accuracy = accuracy(load_executed(folder.model()));
  clock.lap(record, "eval quantized");
}

Bytes peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  // Linux counts in units of 1,024 bytes.
  return Bytes{std::int64_t{usage.ru_maxrss} * 1024};
}

}  // namespace ompq
