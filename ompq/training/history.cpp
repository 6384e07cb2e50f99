// SPDX-License-Identifier: MIT
#include "ompq/training/history.h"

#include <limits>

#include <fmt/format.h>

namespace ompq {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

/// True if `challenger` is at least as good.
bool is_no_worse(const PassScore& challenger, const PassScore& best) {
  if (challenger.accuracy != best.accuracy) {
    return challenger.accuracy.value_or(0.0) > best.accuracy.value_or(0.0);
  }
  return challenger.loss <= best.loss;
}

Json score_json(const PassScore& score) {
  Json json = {{"loss", score.loss}, {"accuracy", nullptr}};
  if (score.accuracy) {
    json["accuracy"] = *score.accuracy;
  }
  return json;
}

PassScore read_score(const JsonReader& reader) {
  PassScore score{.loss = reader.at("loss").as_number()};
  if (reader.has("accuracy")) {
    score.accuracy = reader.at("accuracy").as_number();
  }
  return score;
}

std::string field(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

}  // namespace

std::optional<std::size_t> best_epoch(const History& history) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < history.epochs.size(); ++i) {
    const auto& validation = history.epochs[i].validation;
    if (!best || !validation || !history.epochs[*best].validation ||
        is_no_worse(*validation, *history.epochs[*best].validation)) {
      best = i;
    }
  }
  return best;
}

Json to_json(const History& history) {
  Json json = {{"epochs", Json::array()}, {"steps", Json::array()}};
  for (const EpochRow& row : history.epochs) {
    Json epoch = {
        {"epoch", row.epoch},
        {"steps", row.steps},
        {"training", score_json(row.training)},
        {"validation", nullptr}};
    if (row.validation) {
      epoch["validation"] = score_json(*row.validation);
    }
    json["epochs"].push_back(std::move(epoch));
  }
  for (const StepRow& row : history.steps) {
    json["steps"].push_back(
        {{"step", row.step},
         {"learning_rate", row.learning_rate},
         {"training", score_json(row.training)},
         {"gradient_norm", row.gradient_norm}});
  }
  return json;
}

History read_history(const JsonReader& reader) {
  History history;
  const JsonReader epochs = reader.at("epochs");
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    const JsonReader row = epochs.at(i);
    EpochRow epoch{
        .epoch = row.at("epoch").as_integer(1, kLargest),
        .steps = row.at("steps").as_integer(1, kLargest),
        .training = read_score(row.at("training"))};
    if (row.has("validation")) {
      epoch.validation = read_score(row.at("validation"));
    }
    history.epochs.push_back(epoch);
  }
  const JsonReader steps = reader.at("steps");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const JsonReader row = steps.at(i);
    history.steps.push_back(
        {.step = row.at("step").as_integer(1, kLargest),
         .learning_rate = row.at("learning_rate").as_number(),
         .training = read_score(row.at("training")),
         .gradient_norm = row.at("gradient_norm").as_number()});
  }
  return history;
}

std::string epochs_csv(const History& history) {
  std::string text =
      "epoch,steps,loss,accuracy,validation_loss,validation_accuracy\n";
  for (const EpochRow& row : history.epochs) {
    const PassScore none;
    const PassScore& validation = row.validation ? *row.validation : none;
    text += fmt::format(
        "{},{},{},{},{},{}\n",
        row.epoch,
        row.steps,
        row.training.loss,
        field(row.training.accuracy),
        row.validation ? fmt::format("{}", validation.loss) : "",
        field(validation.accuracy));
  }
  return text;
}

std::string steps_csv(const History& history) {
  std::string text = "step,learning_rate,loss,accuracy,gradient_norm\n";
  for (const StepRow& row : history.steps) {
    text += fmt::format(
        "{},{},{},{},{}\n",
        row.step,
        row.learning_rate,
        row.training.loss,
        field(row.training.accuracy),
        row.gradient_norm);
  }
  return text;
}

}  // namespace ompq
