// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "ompq/core/option_text.h"
#include "ompq/data/augment.h"
#include "ompq/training/history.h"
#include "ompq/training/training_options.h"

namespace ompq {

template <>
struct EnumNames<OptimizerKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"sgd"}, OptimizerKind::Sgd},
      std::pair{std::string_view{"adamw"}, OptimizerKind::AdamW}};
};

template <>
struct EnumNames<ScheduleKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"cosine"}, ScheduleKind::Cosine},
      std::pair{std::string_view{"step"}, ScheduleKind::Step},
      std::pair{std::string_view{"constant"}, ScheduleKind::Constant}};
};

template <>
struct EnumNames<NormKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"fold"}, NormKind::Fold},
      std::pair{std::string_view{"freeze"}, NormKind::Freeze},
      std::pair{std::string_view{"train"}, NormKind::Train}};
};

template <>
struct EnumNames<KeptEpoch> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"best"}, KeptEpoch::Best},
      std::pair{std::string_view{"last"}, KeptEpoch::Last}};
};

/// The options of the steps.
template <typename Visitor>
void describe_steps(TrainingOptions& options, Visitor&& visit) {
  visit(
      options.epochs,
      {.name = "epochs",
       .help = "times that the training examples are gone through",
       .low = 1,
       .high = 100000});
  visit(
      options.batch_size,
      {.name = "batch",
       .help = "examples of a gradient step",
       .low = 1,
       .high = 65536});
  visit(
      options.optimizer,
      {.name = "optimizer", .help = "how gradients become steps"});
  visit(
      options.learning_rate,
      {.name = "learning-rate",
       .help = "learning rate at its highest",
       .low = 0,
       .high = 100});
  visit(
      options.momentum,
      {.name = "momentum",
       .help = "momentum of sgd",
       .low = 0,
       .high = 0.9999});
  visit(
      options.weight_decay,
      {.name = "weight-decay",
       .help = "decay of weights",
       .low = 0,
       .high = 1});
  visit(
      options.schedule,
      {.name = "schedule",
       .help = "how the learning rate falls: half a cosine, by --decay at "
               "--milestones, or not"});
  visit(
      options.warm_up,
      {.name = "warm-up",
       .help = "epochs in which the learning rate rises from 0",
       .low = 0,
       .high = 100000});
  visit(
      options.milestones,
      {.name = "milestones",
       .help = "epochs after which --schedule step multiplies the rate",
       .low = 1,
       .placeholder = "N,N",
       .empty_means = "none"});
  visit(
      options.decay,
      {.name = "decay", .help = "by how much it does", .low = 0, .high = 1});
  visit(
      options.clip,
      {.name = "clip",
       .help = "largest norm of the gradient, 0 = any",
       .low = 0});
  visit(
      options.average,
      {.name = "average",
       .help = "decay of the average of weights that is handed out, 0 = none",
       .low = 0,
       .high = 0.99999});
}

/// The options of what is learned, and from what.
template <typename Visitor>
void describe_learning(TrainingOptions& options, Visitor&& visit) {
  visit(
      options.distillation,
      {.name = "distill",
       .help = "share of the loss that compares with the float network; all of "
               "it where there are no labels",
       .low = 0,
       .high = 1});
  visit(
      options.temperature,
      {.name = "temperature",
       .help = "softens both networks' answers for that",
       .low = 0.01,
       .high = 1000});
  visit(
      options.label_smoothing,
      {.name = "label-smoothing",
       .help = "share of a label that goes to all classes alike",
       .low = 0,
       .high = 0.99});
  visit(
      options.learn_steps,
      {.name = "learn-steps",
       .help = "learn the steps of quantizers together with the weights",
       .takes_value = true});
  visit(
      options.step_rate,
      {.name = "step-rate",
       .help = "learning rate of steps and biases, as a factor",
       .low = 0,
       .high = 1000});
  visit(
      options.norm,
      {.name = "bn",
       .help = "BatchNormalization behind layers: folded and fixed, or kept "
               "with the statistics of batches, to --freeze-epoch or to the "
               "end"});
  visit(
      options.freeze_epoch,
      {.name = "freeze-epoch",
       .help = "epochs with the statistics of batches, with --bn freeze",
       .low = 0});
}

/// All options of the training.
template <typename Visitor>
void describe_training(TrainingOptions& options, Visitor&& visit) {
  describe_steps(options, visit);
  describe_learning(options, visit);
}

template <typename Visitor>
void describe_augmentation(Augmentation& augmentation, Visitor&& visit) {
  visit(
      augmentation.random_crop,
      {.name = "random-crop", .help = "cut training pictures out at random"});
  visit(
      augmentation.padding,
      {.name = "pad",
       .help = "black pixels around them before that",
       .low = 0,
       .high = 4096});
  visit(
      augmentation.smallest_area,
      {.name = "random-area",
       .help = "cut a part of at least this share out and resize it, 0 = off; "
               "in place of --random-crop",
       .low = 0,
       .high = 1});
  visit(
      augmentation.flip,
      {.name = "flip", .help = "mirror every second picture"});
  visit(
      augmentation.jitter,
      {.name = "jitter",
       .help = "change brightness, contrast and saturation by factors from 1 - "
               "this to 1 + this",
       .low = 0,
       .high = 0.99});
}

}  // namespace ompq
