// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/quantize.h"
#include "ompq/pipeline/search.h"
#include "ompq/pipeline/sweep.h"

#include "cli/bundled_example.h"
#include "cli/command_demo.h"
#include "cli/command_report.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/demo_training.h"
#include "cli/front_text.h"
#include "cli/inspection.h"
#include "cli/plan_text.h"
#include "cli/quantization_text.h"

namespace ompq {
namespace {

/// Images that a search looks at.
constexpr std::int64_t kSearchSamples = 64;
/// Gradient steps of each unit: few, for an example.
constexpr int kSteps = 10;

constexpr const char* kNextSteps =
    "\nWith a network of your own, and pictures like those it will see:\n"
    "  ompq search   net.onnx --calib photos/ --avg-bits 4 -o plan.json\n"
    "  ompq quantize net.onnx --calib photos/ --plan plan.json -o small/\n"
    "  ompq report   small/\n";

/// The way through the example, step by step.
class Demo {
 public:
  Demo(const DemoOptions& options, const Invocation& invocation)
      : options_(options),
        invocation_(invocation),
        console_(invocation.console),
        width_(console_.output().width),
        threads_(use_device(options.run)),
        folder_{options.output},
        model_(open_model({.model = bundled_model()})) {
    prepare_result_folder(folder_, model_, false);
    search_.budget.size = options.size;
    search_.budget.activation_bits = ActivationWidths{WidthChoices{{8}}};
    search_.score = Score::OmpqError;
    search_.seed = options.run.seed;
  }

  void run() {
    const Inspection inspection = inspect_model({.model = bundled_model()});
    say("1. ompq inspect: what is in the network\n\n" +
        to_text(inspection, width_));
    const Plan plan = find_plan();
    sweep_sizes(plan);
    const QuantizationRecord record = quantize_by(plan);
    const std::string line = write_run_report(folder_.path, console_);
    say("\n5. ompq report: all of it as a page\n\n" + line + kNextSteps);
    if (invocation_.is_json) {
      Json json = Json::object();
      json["inspect"] = to_json(inspection);
      json["quantize"] = to_json(record);
      json["report"] = folder_.report().string();
      console_.print(json.dump(2) + "\n");
    }
  }

 private:
  void say(const std::string& text) {
    if (!invocation_.is_json) {
      console_.print(text);
    }
  }

  [[nodiscard]] ExampleSet pictures(
      SyntheticSplit split, std::int64_t count) const {
    return {
        std::make_shared<SyntheticDataset>(
            SyntheticOptions{.split = split, .size = count}),
        preprocessing_of(PreprocessingPreset::Symmetric)};
  }

  [[nodiscard]] Plan find_plan() {
    const ExampleSet images = pictures(
        SyntheticSplit::Calibration,
        std::min(options_.samples, kSearchSamples));
    Plan plan = search(
        model_,
        images.dataset,
        images.preprocessing,
        search_,
        {.threads = threads_},
        console_);
    say(fmt::format(
            "\n2. ompq search: bits for a file of at most {}\n\n",
            format_bytes(options_.size)) +
        to_text(plan, width_));
    return plan;
  }

  /// The plans of other sizes, from what is measured already; where smaller
  /// ones do not exist, of larger ones.
  [[nodiscard]] Front plans_of_other_sizes(const Plan& measured) const {
    SearchOptions any_size = search_;
    any_size.budget.size.reset();
    const std::int64_t size = options_.size.count;
    SweepOptions range{
        .sizes = {{Bytes{size * 3 / 5}, Bytes{size * 8 / 5}, 26}}};
    try {
      return sweep(model_, measured, any_size, range);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Infeasible) {
        throw;
      }
    }
    range.sizes = {options_.size, Bytes{size * 8 / 5}, 16};
    return sweep(model_, measured, any_size, range);
  }

  void sweep_sizes(const Plan& measured) {
    const Front front = plans_of_other_sizes(measured);
    const std::size_t picked =
        pick_point(front, {PointChoice::AtMost{options_.size}});
    write_json(folder_.path / "front.json", to_json(front, picked));
    say("\n3. ompq sweep: the best plan of every size\n\n" +
        to_text(front, picked, width_));
  }

  [[nodiscard]] QuantizationRecord quantize_by(const Plan& plan) {
    ReconstructionOptions reconstruction{
        .effort = Effort::Fast, .iterations = kSteps};
    reconstruction.seed = options_.run.seed;
    QuantizationRecord record = quantize(
        model_,
        plan,
        pictures(SyntheticSplit::Calibration, options_.samples),
        pictures(SyntheticSplit::Test, options_.images),
        {.reconstruction = reconstruction,
         .input = {.threads = threads_},
         .threads = threads_,
         .command = invocation_.words},
        folder_,
        console_);
    say("\n4. ompq quantize: integers for the weights, and what they cost\n\n" +
        to_text(record, folder_.path, width_));
    return record;
  }

  const DemoOptions& options_;
  const Invocation& invocation_;
  Console& console_;
  std::int64_t width_;
  int threads_;
  ResultFolder folder_;
  PreparedModel model_;
  SearchOptions search_;
};

}  // namespace

void run_demo(const DemoOptions& options, const Invocation& invocation) {
  Demo(options, invocation).run();
  if (options.train && !invocation.is_json) {
    const QuantizationRecord record = train_demo(
        open_model({.model = bundled_model()}), options, invocation.console);
    invocation.console.print(
        demo_training_text(record, invocation.console.output().width));
  }
}

}  // namespace ompq
