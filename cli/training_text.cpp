// SPDX-License-Identifier: MIT
#include "cli/training_text.h"

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/table.h"

namespace ompq {
namespace {

constexpr double kNotableWaiting = 0.05;

std::string score_text(const PassScore& score) {
  std::string text = fmt::format("loss {:.3f}", score.loss);
  if (score.accuracy) {
    text += fmt::format(", {:.1f} %", 100.0 * *score.accuracy);
  }
  return text;
}

/// A number of a JSON object as text, empty if it is null or missing.
std::string number_text(
    const Json& object, const char* key, double factor, int digits) {
  if (!object.is_object() || !object.contains(key) || object[key].is_null()) {
    return "";
  }
  return fmt::format("{:.{}f}", factor * object[key].get<double>(), digits);
}

}  // namespace

std::string stage_text(const TrainProgress& progress) {
  std::string text = fmt::format(
      "epoch {} of {}, {}, {:.0f} images/s",
      std::min(progress.epoch, progress.epochs),
      progress.epochs,
      score_text(progress.training),
      progress.images_per_s);
  if (progress.waiting >= kNotableWaiting) {
    text += fmt::format(", {:.0f} % waiting", 100.0 * progress.waiting);
  }
  return text;
}

std::string epoch_text(const EpochRow& row) {
  std::string text =
      fmt::format("epoch {}: {}", row.epoch, score_text(row.training));
  if (row.validation) {
    text += fmt::format("; validation: {}", score_text(*row.validation));
  }
  return text;
}

std::string training_rows(const Json& training, std::int64_t width) {
  Table table(
      {{.title = "epoch", .is_number = true},
       {.title = "loss", .is_number = true},
       {.title = "top-1 %", .is_number = true},
       {.title = "validation loss", .is_number = true},
       {.title = "top-1 %", .is_number = true}});
  for (const Json& row : training["epochs"]) {
    table.add_row(
        {fmt::to_string(row["epoch"].get<std::int64_t>()),
         number_text(row["training"], "loss", 1.0, 4),
         number_text(row["training"], "accuracy", 100.0, 2),
         number_text(row["validation"], "loss", 1.0, 4),
         number_text(row["validation"], "accuracy", 100.0, 2)});
  }
  std::string text = table.render(width);
  if (training.contains("images_per_s")) {
    text += "\n" +
            wrap(
                fmt::format(
                    "{} steps, {} images/s, {} % of the time waiting for data",
                    training["steps"].get<std::int64_t>(),
                    number_text(training, "images_per_s", 1.0, 0),
                    number_text(training, "waiting_share", 100.0, 1)),
                width,
                2) +
            "\n";
  }
  return text;
}

}  // namespace ompq
