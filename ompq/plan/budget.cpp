// SPDX-License-Identifier: MIT
#include "ompq/plan/budget.h"

#include <cmath>

#include <fmt/format.h>

#include "ompq/core/duration.h"
#include "ompq/core/units.h"

namespace ompq {

std::string_view to_string(BudgetKind kind) {
  switch (kind) {
    case BudgetKind::FileSize:
      return "file_size";
    case BudgetKind::Payload:
      return "payload";
    case BudgetKind::PaperSize:
      return "paper_size";
    case BudgetKind::AverageBits:
      return "average_bits";
    case BudgetKind::BitOperations:
      return "bit_operations";
    case BudgetKind::Latency:
      return "latency";
    case BudgetKind::ActivationMemory:
      return "activation_memory";
    case BudgetKind::TotalMemory:
      return "total_memory";
  }
  return "file_size";
}

std::optional<BudgetKind> parse_budget_kind(std::string_view name) {
  for (const BudgetKind kind : kBudgetKinds) {
    if (to_string(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string format_budget(BudgetKind kind, double quantity) {
  if (kind == BudgetKind::AverageBits) {
    return fmt::format("{:.6g} bits per weight", quantity);
  }
  if (kind == BudgetKind::BitOperations) {
    return format_si(quantity) + " bit operations";
  }
  if (kind == BudgetKind::Latency) {
    return format_duration(quantity);
  }
  const auto bytes = static_cast<std::int64_t>(std::ceil(quantity));
  return fmt::format(
      "{} ({} bytes)", format_bytes(Bytes{bytes}), format_count(bytes));
}

std::optional<double> used_of(BudgetKind kind, const PlanTotals& totals) {
  switch (kind) {
    case BudgetKind::FileSize:
      return static_cast<double>(totals.file_bytes);
    case BudgetKind::Payload:
      return static_cast<double>(totals.payload_bits) / 8.0;
    case BudgetKind::PaperSize:
      return static_cast<double>(totals.paper_bits) / 8.0;
    case BudgetKind::AverageBits:
      return totals.average_bits;
    case BudgetKind::BitOperations:
      return totals.bit_operations;
    case BudgetKind::Latency:
    case BudgetKind::ActivationMemory:
    case BudgetKind::TotalMemory:
      break;
  }
  return std::nullopt;
}

}  // namespace ompq
