// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "ompq/pipeline/budget_options.h"
#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/pipeline/train_options.h"

#include "cli/command.h"
#include "cli/evaluation_options.h"
#include "cli/result_options.h"

namespace ompq {

/// Which examples judge the epochs.
enum class ValidationData {
  /// A share of the training examples that is not trained on.
  HeldOut,
  /// Those of --eval.
  Evaluation,
  None,
};

template <>
struct EnumNames<ValidationData> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"held-out"}, ValidationData::HeldOut},
      std::pair{std::string_view{"eval"}, ValidationData::Evaluation},
      std::pair{std::string_view{"none"}, ValidationData::None}};
};

/// Everything `ompq train` can be told.
struct TrainCommandOptions {
  ModelOptions model;
  std::filesystem::path data;
  SelectionOptions selection;
  PreprocessOptions preprocess;
  Augmentation augmentation;
  EvaluationOptions evaluation;
  ValidationData validation = ValidationData::HeldOut;
  double hold_out = 0.05;
  KeptEpoch kept = KeptEpoch::Best;
  std::int64_t patience = 0;
  std::optional<std::filesystem::path> from;
  std::optional<std::filesystem::path> plan;
  std::optional<int> bits;
  std::optional<ActivationWidths> activation_bits;
  TrainingOptions training;
  double checkpoint_minutes = 5.0;
  RunOptions run;
  ResultOptions result;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Training data");
    visit(
        data,
        {.name = "data",
         .help = "training images, labelled or not; see 'ompq help data'",
         .placeholder = "DATA",
         .is_required = true});
    selection.describe(visit);
    preprocess.describe(visit);
    visit.begin_group("Augmentation");
    describe_augmentation(augmentation, visit);
    visit.begin_group("Evaluation data");
    evaluation.describe(visit);
    describe_validation(visit);
    describe_widths(visit);
    visit.begin_group("Steps");
    describe_steps(training, visit);
    visit.begin_group("Learning");
    describe_learning(training, visit);
    describe_rest(visit);
  }

 private:
  template <typename Visitor>
  void describe_validation(Visitor& visit) {
    visit.begin_group("Validation");
    visit(
        validation,
        {.name = "validate",
         .help = "examples that judge the network after each epoch"});
    visit(
        hold_out,
        {.name = "hold-out",
         .help = "share of the training examples for that",
         .low = 0,
         .high = 0.9});
    visit(
        kept,
        {.name = "keep",
         .help = "epoch whose network is handed out; the last one where "
                 "nothing judges them"});
    visit(
        patience,
        {.name = "patience",
         .help = "stop after so many epochs without a better one, 0 = never",
         .low = 0});
  }

  template <typename Visitor>
  void describe_widths(Visitor& visit) {
    visit.begin_group("Start and widths");
    visit(
        from,
        {.name = "from",
         .help = "start from what ompq quantize made of the model: integers, "
                 "steps and plan",
         .placeholder = "OUT/"});
    visit(
        plan,
        {.name = "plan",
         .help = "widths; without --from, start from the float network rounded "
                 "to nearest",
         .placeholder = "plan.json",
         .empty_means = "that of --from"});
    visit(
        bits,
        {.name = "bits",
         .help = "one width for all layers instead of a plan; the first and "
                 "the last one have 8 bits, weights and activations",
         .low = 1,
         .high = 8,
         .empty_means = "by the plan"});
    visit(
        activation_bits,
        {.name = "act-bits",
         .help = "width of activations, with --bits or where the plan says "
                 "nothing of them",
         .empty_means = "8"});
  }

  template <typename Visitor>
  void describe_rest(Visitor& visit) {
    visit.begin_group("Run");
    visit(
        checkpoint_minutes,
        {.name = "checkpoint-minutes",
         .help = "minutes between checkpoints; each epoch ends with one, too",
         .low = 0,
         .high = 1e6});
    run.describe(visit);
    visit.begin_group("Output");
    result.describe(
        visit,
        "folder for model.onnx, plan.json, record.json and the history; a run "
        "that was killed goes on there");
  }
};

/// Trains; in the program without tensors, hands over to the one that has
/// them.
void run_train(
    const TrainCommandOptions& options, const Invocation& invocation);

}  // namespace ompq
