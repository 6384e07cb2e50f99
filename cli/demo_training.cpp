// SPDX-License-Identifier: MIT
#include "cli/demo_training.h"

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/pipeline/given_plan.h"
#include "ompq/pipeline/train.h"
#include "ompq/pipeline/train_start.h"

#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/training_text.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTrainingPictures = 12800;
constexpr std::int64_t kCalibrationPictures = 256;
constexpr int kWeightBits = 2;
constexpr int kActivationBits = 8;

/// A folder that is gone in the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path =
        (fs::temp_directory_path() / "ompq-demo-XXXXXX").string();
    OMPQ_CHECK(
        ::mkdtemp(path.data()) != nullptr,
        ErrorCode::OutputFailed,
        "demo: {}: the folder cannot be made; set TMPDIR to one that can be "
        "written",
        path);
    path_ = path;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

ExampleSet pictures(SyntheticSplit split, std::int64_t count) {
  return {
      std::make_shared<SyntheticDataset>(
          SyntheticOptions{.split = split, .size = count}),
      preprocessing_of(PreprocessingPreset::Symmetric)};
}

Plan demo_plan(const PreparedModel& model) {
  SearchOptions search;
  search.budget.bits = WidthChoices{{kWeightBits}};
  search.budget.activation_bits =
      ActivationWidths{WidthChoices{{kActivationBits}}};
  return uniform_width_plan(model, search);
}

}  // namespace

QuantizationRecord train_demo(
    const PreparedModel& model, const DemoOptions& options, Console& console) {
  const TemporaryFolder folder;
  const int threads = use_device(options.run);
  const InputOptions input{.threads = threads};
  const Plan plan = demo_plan(model);
  TrainingTask task{
      .model = model,
      .plan = plan,
      .start = start_from_float(
          model,
          plan,
          pictures(SyntheticSplit::Calibration, kCalibrationPictures),
          {.seed = options.run.seed},
          input,
          console),
      .training = pictures(SyntheticSplit::Train, kTrainingPictures),
      .validation = std::nullopt,
      .evaluation = pictures(SyntheticSplit::Test, options.images)};
  TrainRunOptions run{
      .training = {.epochs = 1, .batch_size = 64},
      .input = input,
      .threads = threads,
      .seed = options.run.seed};
  run.on_step = [&console](const TrainProgress& progress) {
    console.rename_stage(stage_text(progress));
  };
  return train(task, run, ResultFolder{folder.path()}, console);
}

std::string demo_training_text(
    const QuantizationRecord& record, std::int64_t width) {
  return fmt::format(
             "4. ompq train: one epoch with weights of {} bits (first and last "
             "layer 8)\n\n",
             kWeightBits) +
         training_rows(record.training, width) +
         fmt::format(
             "\ntop-1: float {:.2f} %, with weights of {} bits {:.2f} %\n\n",
             100.0 * record.float_accuracy->top1,
             kWeightBits,
             100.0 * record.quantized_accuracy->top1);
}

}  // namespace ompq
