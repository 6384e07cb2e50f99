// SPDX-License-Identifier: MIT
#include "cli/budget_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ompq {
namespace {

std::string widths_text(const LayerBits& bits, const LayerBits& other) {
  std::string text = fmt::format("{} bits", bits.weight_bits);
  if (bits.activation_bits != other.activation_bits) {
    text += bits.activation_bits
                ? fmt::format(", activations {}", *bits.activation_bits)
                : ", activations float";
  }
  return text;
}

/// "1 % more lets 'conv3' go from 2 bits to 4 bits and gains 0.0123 (2.1 %)".
std::string gain_text(const PlanGain& more, double objective) {
  const auto grows = [](const PlanStep& step) {
    return step.to.weight_bits > step.from.weight_bits ||
           step.to.activation_bits.value_or(kFloatBits) >
               step.from.activation_bits.value_or(kFloatBits);
  };
  const auto step = std::ranges::find_if(more.steps, grows);
  if (step == more.steps.end()) {
    return "1 % more changes nothing";
  }
  std::string text = fmt::format(
      "1 % more lets '{}' go from {} to {}",
      step->layer,
      widths_text(step->from, step->to),
      widths_text(step->to, step->from));
  if (more.steps.size() > 1) {
    text += fmt::format(
        " ({} other layer{} change{})",
        more.steps.size() - 1,
        more.steps.size() > 2 ? "s" : "",
        more.steps.size() > 2 ? "" : "s");
  }
  text += fmt::format(" and gains {:.3g}", more.gain);
  if (objective != 0.0) {
    text += fmt::format(" ({:.2g} %)", 100.0 * more.gain / std::abs(objective));
  }
  return text;
}

}  // namespace

std::string budget_line(const PlanBudget& budget, const Plan& plan) {
  const BudgetKind kind = budget.budget.kind;
  std::string line = fmt::format(
      "budget {}: used {} of {}",
      to_string(kind),
      format_budget(kind, budget.used),
      format_budget(kind, budget.budget.limit));
  if (budget.shadow_price) {
    line += fmt::format(", shadow price {:.3g}", *budget.shadow_price);
  }
  if (budget.one_percent_more && plan.solver) {
    line += "; " + gain_text(*budget.one_percent_more, plan.solver->objective);
  }
  return line;
}

}  // namespace ompq
