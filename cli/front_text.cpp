// SPDX-License-Identifier: MIT
#include "cli/front_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/table.h"

namespace ompq {
namespace {

/// Version of front.json.
constexpr int kFrontVersion = 1;

const PlanBudget& swept(const Front& front, const Plan& plan) {
  return *std::ranges::find_if(plan.budgets, [&](const PlanBudget& each) {
    return each.budget.kind == front.kind;
  });
}

bool has_same_widths(const Plan& left, const Plan& right) {
  return std::ranges::equal(
      left.layers, right.layers, {}, &PlanLayer::bits, &PlanLayer::bits);
}

std::string limit_text(BudgetKind kind, double limit) {
  return kind == BudgetKind::AverageBits
             ? fmt::format("{:.3f}", limit)
             : format_bytes(Bytes{static_cast<std::int64_t>(limit)});
}

double shown_value(const Front& front, const Plan& plan) {
  return front.has_loss ? predicted_loss(plan) : plan.solver->objective;
}

}  // namespace

std::string to_text(
    const Front& front, std::size_t picked, std::int64_t width) {
  Table table(
      {{.title = std::string(to_string(front.kind)), .is_number = true},
       {.title = "file at most", .is_number = true},
       {.title = "payload", .is_number = true},
       {.title = "bits per weight", .is_number = true},
       {.title = front.has_loss ? "predicted loss" : "value",
        .is_number = true},
       {.title = ""}});
  std::size_t shown = 0;
  for (std::size_t i = 0; i < front.plans.size(); ++i) {
    const Plan& plan = front.plans[i];
    const bool repeats = i > 0 && has_same_widths(front.plans[i - 1], plan);
    if (repeats && i != picked) {
      continue;
    }
    const PlanTotals totals = plan_totals(plan);
    table.add_row(
        {limit_text(front.kind, swept(front, plan).budget.limit),
         format_bytes(Bytes{totals.file_bytes}),
         format_bytes(Bytes{totals.payload_bytes}),
         fmt::format("{:.3f}", totals.average_bits),
         fmt::format("{:.4g}", shown_value(front, plan)),
         i == picked ? "<- picked" : ""});
    ++shown;
  }
  const auto is_proved = [](const Plan& plan) {
    return plan.solver->gap == 0.0;
  };
  const auto proved = std::ranges::count_if(front.plans, is_proved);
  return table.render(width) +
         fmt::format(
             "{} budgets, {} different plans shown, {} proved optimal\n",
             front.plans.size(),
             shown,
             proved);
}

Json to_json(const Front& front, std::size_t picked) {
  const Plan& first = front.plans.front();
  Json json = Json::object();
  json["version"] = kFrontVersion;
  json["model"] = first.model_file;
  json["model_hash"] = first.model_hash;
  json["settings"] = first.settings;
  json["budget"] = to_string(front.kind);
  json["picked"] = picked;
  for (const PlanLayer& layer : first.layers) {
    json["layers"].push_back(layer.name);
  }
  for (const Plan& plan : front.plans) {
    const PlanTotals totals = plan_totals(plan);
    Json point = Json::object();
    point["limit"] = swept(front, plan).budget.limit;
    point["file_bytes"] = totals.file_bytes;
    point["payload_bytes"] = totals.payload_bytes;
    point["average_bits"] = totals.average_bits;
    point["bit_operations"] = totals.bit_operations;
    if (front.has_loss) {
      point["predicted_loss"] = predicted_loss(plan);
    }
    point["objective"] = plan.solver->objective;
    point["gap"] = plan.solver->gap;
    for (const PlanLayer& layer : plan.layers) {
      point["weight_bits"].push_back(layer.bits.weight_bits);
    }
    json["points"].push_back(std::move(point));
  }
  return json;
}

}  // namespace ompq
