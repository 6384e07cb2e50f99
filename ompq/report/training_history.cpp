// SPDX-License-Identifier: MIT
#include "ompq/report/training_history.h"

#include <algorithm>
#include <cmath>

namespace ompq {
namespace {

Curve& curve_called(TrainingHistory& history, const std::string& name) {
  const auto found =
      std::ranges::find(history.curves, name, &TrainingCurve::name);
  if (found != history.curves.end()) {
    return found->points;
  }
  return history.curves.emplace_back(TrainingCurve{name, {}}).points;
}

/// Adds every number of a row, and of the objects in it, to its curve.
void add_numbers(
    TrainingHistory& history,
    const Json& row,
    const std::string& prefix,
    double x) {
  for (const auto& item : row.items()) {
    const std::string name = prefix + item.key();
    if (item.value().is_object() && prefix.empty()) {
      add_numbers(history, item.value(), name + " ", x);
    } else if (
        name != history.unit && item.value().is_number() &&
        std::isfinite(item.value().get<double>())) {
      curve_called(history, name).emplace_back(x, item.value().get<double>());
    }
  }
}

bool has_rows(const Json& json, const char* list) {
  const auto rows = json.find(list);
  return rows != json.end() && rows->is_array();
}

}  // namespace

bool is_training_history(const Json& json) {
  return json.is_object() && has_rows(json, "epochs");
}

TrainingHistory read_training_history(
    const Json& json, const std::string& where, Notices& notices) {
  // A training shorter than an epoch has steps only.
  const bool has_epochs = !json.at("epochs").empty();
  const std::string list =
      has_epochs || !has_rows(json, "steps") ? "epochs" : "steps";
  TrainingHistory history{
      .unit = list == "epochs" ? "epoch" : "step", .curves = {}};
  const Json& rows = json.at(list);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& row = rows[i];
    if (!row.is_object()) {
      notices.push_back(fmt::format(
          "{}: {}[{}]: expected an object; left out", where, list, i));
      continue;
    }
    const Json number = row.value(history.unit, Json());
    const double x =
        number.is_number() ? number.get<double>() : static_cast<double>(i + 1);
    add_numbers(history, row, "", x);
  }
  return history;
}

}  // namespace ompq
