// SPDX-License-Identifier: MIT
#include "ompq/pipeline/study.h"

#include <map>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/allocation/random_plan.h"
#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/measure_layers.h"
#include "ompq/pipeline/plan_judge.h"
#include "ompq/pipeline/study_settings.h"
#include "ompq/pipeline/sweep.h"
#include "ompq/pipeline/width_allocator.h"

namespace ompq {
namespace {

SearchOptions at_average(const SearchOptions& options, double average) {
  return limited_to(options, {BudgetKind::AverageBits, average});
}

/// The options with a score that measures nothing.
SearchOptions needing_nothing(SearchOptions options) {
  options.score = Score::Size;
  return options;
}

/// The random plans of one budget and what they are worth.
struct RandomPlans {
  std::vector<BitPlan> plans;
  std::vector<double> top1;
  std::vector<double> divergences;
};

class Study {
 public:
  Study(
      const PreparedModel& model,
      const std::vector<Tensors>& calibration,
      const PlanJudge& judge,
      const SearchOptions& search,
      const StudyOptions& options,
      Observer& observer)
      : model_(model),
        calibration_(calibration),
        judge_(judge),
        search_(search),
        options_(options),
        observer_(observer) {}

  void draw_plans(StudyReport& report) {
    for (const double average : options_.averages) {
      const AllocationProblem problem =
          WidthAllocator(
              model_, {}, at_average(needing_nothing(search_), average))
              .problem();
      RandomPlans& random = random_.emplace_back();
      for (std::int64_t i = 0; i < options_.plans; ++i) {
        const auto seed = static_cast<std::uint64_t>(i) + search_.seed;
        random.plans.push_back(random_plan(problem, seed));
        const auto judgement = judge_plan(random.plans.back());
        random.top1.push_back(judgement.top1);
        random.divergences.push_back(-judgement.calibration_divergence);
      }
      report.budgets.push_back(
          {.average_bits = average,
           .top1 = random.top1,
           .divergence = rank_correlation(random.divergences, random.top1)});
    }
  }

  /// What a setting chooses at each budget, and how it orders the plans.
  StudyRow row(const StudySetting& setting) {
    StudyRow result{.name = setting.name};
    SearchOptions search = search_;
    setting.apply(search);
    const LayerMeasurement measured = measure(search, setting.samples);
    for (std::size_t k = 0; k < options_.averages.size(); ++k) {
      const WidthAllocator allocator(
          model_, measured, at_average(search, options_.averages[k]));
      const BitPlan chosen = bit_plan(allocator.allocate());
      const auto judgement = judge_plan(chosen);
      StudyCell cell{
          .top1 = judgement.top1, .divergence = judgement.divergence};
      if (options_.reconstruct) {
        cell.reconstructed_top1 = reconstruct_plan(chosen);
      }
      if (has_values(search.score)) {
        std::vector<double> values;
        for (const BitPlan& plan : random_[k].plans) {
          values.push_back(allocator.value_of(plan));
        }
        cell.correlation = rank_correlation(values, random_[k].top1);
      }
      result.cells.push_back(std::move(cell));
    }
    return result;
  }

 private:
  PlanJudge::Judgement judge_plan(const BitPlan& plan) {
    OMPQ_CHECK(
        !observer_.interrupted(),
        ErrorCode::Interrupted,
        "[study] interrupted; nothing was written");
    observer_.advance(++asked_);
    const std::vector<int> widths = weight_widths(plan);
    const auto found = judged_.find(widths);
    if (found != judged_.end()) {
      return found->second;
    }
    return judged_[widths] = judge_.judge(plan);
  }

  double reconstruct_plan(const BitPlan& plan) {
    const std::vector<int> widths = weight_widths(plan);
    const auto found = reconstructed_.find(widths);
    return found != reconstructed_.end()
               ? found->second
               : reconstructed_[widths] =
                     judge_.reconstructed_top1(plan, search_.seed, observer_);
  }

  LayerMeasurement measure(const SearchOptions& search, std::int64_t samples) {
    if (!needs_images(search.score)) {
      return {};
    }
    SearchOptions plain = search;
    plain.bootstrap = 0;
    const std::string key = measurement_key(plain, samples);
    const auto found = measured_.find(key);
    if (found != measured_.end()) {
      return found->second;
    }
    return measured_[key] = measure_layers(
               model_, copy_micro_batches(calibration_, samples), plain);
  }

  const PreparedModel& model_;
  const std::vector<Tensors>& calibration_;
  const PlanJudge& judge_;
  const SearchOptions& search_;
  const StudyOptions& options_;
  Observer& observer_;
  std::vector<RandomPlans> random_;
  std::map<std::string, LayerMeasurement> measured_;
  std::map<std::vector<int>, PlanJudge::Judgement> judged_;
  std::map<std::vector<int>, double> reconstructed_;
  /// Plans that were to be judged, those that were so before included.
  std::int64_t asked_ = 0;
};

/// A row for each setting; those that the network cannot be measured by are
/// left out with a warning.
std::vector<StudyRow> rows_of(
    Study& work,
    const std::vector<StudySetting>& settings,
    Observer& observer) {
  std::vector<StudyRow> rows;
  for (const StudySetting& setting : settings) {
    try {
      rows.push_back(work.row(setting));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Unsupported &&
          error.code() != ErrorCode::Degenerate) {
        throw;
      }
      observer.warn(
          fmt::format("{} is left out: {}", setting.name, error.what()));
    }
  }
  return rows;
}

}  // namespace

StudyReport study(
    const PreparedModel& model,
    const ExampleSet& calibration,
    const ExampleSet& evaluation,
    const SearchOptions& search,
    const StudyOptions& options,
    const InputOptions& input_options,
    Observer& observer) {
  const SerialBlas serial_blas;
  for (const double average : options.averages) {
    check_search_options(model, at_average(needing_nothing(search), average));
  }
  const std::vector<Tensors> inputs = load_inputs(
      model,
      calibration.dataset,
      calibration.preprocessing,
      input_options,
      observer);
  const PlanJudge judge(
      model,
      inputs,
      evaluation,
      all_widths(model, search),
      search.grids,
      input_options,
      observer);
  StudyReport report{
      .model_file = model.path.filename().string(),
      .model_hash = model.model_hash,
      .calibration_images = judge.calibration_images(),
      .evaluation_images = judge.images(),
      .float_top1 = judge.float_top1()};
  const Stopwatch stopwatch;
  const auto scores = score_settings(report.calibration_images);
  const auto ablations = options.ablations
                             ? ablation_settings(report.calibration_images)
                             : std::vector<StudySetting>();
  observer.begin_stage(
      "study",
      std::ssize(options.averages) *
          (options.plans + std::ssize(scores) + std::ssize(ablations)));
  Study work(model, inputs, judge, search, options, observer);
  work.draw_plans(report);
  report.scores = rows_of(work, scores, observer);
  report.ablations = rows_of(work, ablations, observer);
  observer.end_stage(stopwatch.seconds());
  return report;
}

}  // namespace ompq
