// SPDX-License-Identifier: MIT
#include "cli/plan_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "ompq/core/units.h"
#include "ompq/sensitivity/score.h"

#include "cli/budget_text.h"
#include "cli/help_text.h"
#include "cli/table.h"

namespace ompq {
namespace {

bool has_activation_bits(const Plan& plan) {
  return std::ranges::any_of(plan.layers, [](const PlanLayer& layer) {
    return layer.bits.activation_bits.has_value();
  });
}

bool has_gamma(const Plan& plan) {
  return std::ranges::any_of(plan.layers, [](const PlanLayer& layer) {
    return layer.gamma.has_value();
  });
}

/// Error of a layer at its width, if it was measured.
std::optional<double> chosen_error(const PlanLayer& layer) {
  const auto found = layer.error_per_width.find(layer.bits.weight_bits);
  return found == layer.error_per_width.end() ? std::nullopt
                                              : std::optional(found->second);
}

bool has_errors(const Plan& plan) {
  return std::ranges::any_of(plan.layers, [](const PlanLayer& layer) {
    return chosen_error(layer).has_value();
  });
}

std::string error_text(const PlanLayer& layer) {
  const std::optional<double> error = chosen_error(layer);
  return error ? fmt::format("{:.2g}", *error) : "-";
}

std::string gamma_text(const PlanLayer& layer) {
  if (!layer.gamma) {
    return "-";
  }
  if (!layer.gamma_interval) {
    return fmt::format("{:.2f}", *layer.gamma);
  }
  const double half_width =
      (layer.gamma_interval->high - layer.gamma_interval->low) / 2.0;
  return fmt::format("{:.2f} +-{:.2f}", *layer.gamma, half_width);
}

std::string size_text(std::int64_t bits) {
  return format_bytes(Bytes{(bits + 7) / 8});
}

/// The texts of a row; which of them are shown depends on the plan.
struct RowTexts {
  std::string name;
  std::string weights;
  std::string gamma;
  std::string error;
  std::string bits;
  std::string activation_bits;
  std::string size;
};

RowTexts layer_texts(const PlanLayer& layer) {
  const LayerBits& bits = layer.bits;
  RowTexts texts{
      .name = layer.name,
      .weights = format_count(layer.weights),
      .gamma = gamma_text(layer),
      .error = error_text(layer),
      .bits = fmt::to_string(bits.weight_bits),
      .activation_bits = "float",
      .size = size_text(layer.weights * bits.weight_bits)};
  if (bits.activation_bits) {
    texts.activation_bits = fmt::to_string(*bits.activation_bits);
  }
  return texts;
}

RowTexts total_texts(const Plan& plan) {
  const PlanTotals totals = plan_totals(plan);
  return {
      .name = fmt::format("{} layers", plan.layers.size()),
      .weights = format_count(totals.weights),
      .gamma = {},
      .error = {},
      .bits = fmt::format("{:.2f}", totals.average_bits),
      .activation_bits = {},
      .size = format_bytes(Bytes{totals.payload_bytes})};
}

std::string layer_rows(const Plan& plan, std::int64_t width) {
  const bool shows_gamma = has_gamma(plan);
  const bool shows_errors = has_errors(plan);
  const bool shows_activations = has_activation_bits(plan);
  // One choice of columns for the header and all rows.
  const auto chosen = [&](auto name,
                          auto weights,
                          auto gamma,
                          auto error,
                          auto bits,
                          auto activation_bits,
                          auto size) {
    std::vector cells{std::move(name), std::move(weights)};
    if (shows_gamma) {
      cells.push_back(std::move(gamma));
    }
    if (shows_errors) {
      cells.push_back(std::move(error));
    }
    cells.push_back(std::move(bits));
    if (shows_activations) {
      cells.push_back(std::move(activation_bits));
    }
    cells.push_back(std::move(size));
    return cells;
  };
  const auto cells = [&](RowTexts texts) {
    return chosen(
        std::move(texts.name),
        std::move(texts.weights),
        std::move(texts.gamma),
        std::move(texts.error),
        std::move(texts.bits),
        std::move(texts.activation_bits),
        std::move(texts.size));
  };
  Table table(chosen(
      Column{.title = "layer", .may_shrink = true},
      Column{.title = "weights", .is_number = true},
      Column{.title = "gamma", .is_number = true},
      Column{.title = "error", .is_number = true},
      Column{.title = "bits", .is_number = true},
      Column{.title = "act", .is_number = true},
      Column{.title = "size", .is_number = true}));
  for (const PlanLayer& layer : plan.layers) {
    table.add_row(cells(layer_texts(layer)));
  }
  table.set_totals(cells(total_texts(plan)));
  return table.render(width);
}

std::string size_line(const Plan& plan) {
  const PlanTotals totals = plan_totals(plan);
  const double float_bytes = 4.0 * static_cast<double>(totals.weights);
  return fmt::format(
      "file at most {} ({} bytes), weights {:.1f} times smaller than float\n",
      format_bytes(Bytes{totals.file_bytes}),
      format_count(totals.file_bytes),
      float_bytes /
          static_cast<double>(std::max<std::int64_t>(1, totals.payload_bytes)));
}

/// The score that the plan was found by; the paper's, if the plan is older than
/// the others.
Score score_of(const Plan& plan) {
  const auto found = plan.settings.find("score");
  for (const auto& [name, score] : EnumNames<Score>::kNames) {
    if (found != plan.settings.end() && *found == std::string(name)) {
      return score;
    }
  }
  return Score::Ompq;
}

/// What is added up, and its sum; errors are shown as they are, without the
/// sign that makes them values.
std::string objective_text(Score score, double objective) {
  if (score == Score::Uniform) {
    return fmt::format(
        "{:g} bits, the widest single width within the budget", objective);
  }
  if (score == Score::SizeProjection) {
    return fmt::format(
        "{:.4g} bits on average, fewer the larger the layer", objective);
  }
  if (is_linear(score)) {
    return fmt::format("sum of coefficient x bits {:.6g}", objective);
  }
  const std::string_view what =
      score == Score::OmpqError ? "sum of theta x error" : "sum of errors";
  // No sum of errors is a negative zero.
  return fmt::format("{} {:.6g}", what, 0.0 - objective);
}

std::string solver_line(const PlanSolver& solver, Score score) {
  std::string line = fmt::format(
      "score {}: {}",
      enum_name(score),
      objective_text(score, solver.objective));
  if (!has_values(score)) {
    return line;
  }
  line += fmt::format("; solver {}: {}", solver.method, solver.status);
  line += solver.gap > 0.0 ? fmt::format(
                                 ", other plans may be better (gap {:.2g} %)",
                                 100.0 * solver.gap)
                           : ", no plan within the budget is better";
  return line;
}

std::string refinement_line(const Json& refinement) {
  const double before = refinement.value("divergence_before", 0.0);
  const double after = refinement.value("divergence", 0.0);
  const int runs = refinement.value("evaluations", 0);
  const char* end = refinement.value("is_local_optimum", false)
                        ? ""
                        : "; more time may find better ones";
  return after < before
             ? fmt::format(
                   "refined: divergence of the output {:.4g}, was {:.4g} nats; "
                   "{} plans were run{}",
                   after,
                   before,
                   runs,
                   end)
             : fmt::format(
                   "not refined: no plan of {} is surely better on these "
                   "images (divergence of the output {:.4g} nats){}",
                   runs,
                   before,
                   end);
}

}  // namespace

std::string to_text(const Plan& plan, std::int64_t width) {
  std::string text = layer_rows(plan, width) + "\n";
  text += wrap(size_line(plan), width - 2, 2) + "\n";
  for (const PlanBudget& budget : plan.budgets) {
    text += wrap(budget_line(budget, plan), width - 2, 2) + "\n";
  }
  if (const auto found = plan.settings.find("refinement");
      found != plan.settings.end()) {
    text += wrap(refinement_line(*found), width - 2, 2) + "\n";
  }
  if (plan.solver) {
    text +=
        wrap(solver_line(*plan.solver, score_of(plan)), width - 2, 2) + "\n";
    if (plan.solver->degenerate_coefficients) {
      text += wrap(
                  "note: no layer's value depends on its bits, so the choice "
                  "among plans of one size is arbitrary; try another --score, "
                  "--beta or --decreasing",
                  width - 2,
                  2) +
              "\n";
    }
  }
  return text;
}

}  // namespace ompq
