// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// What a budget limits.
enum class BudgetKind {
  /// Bytes of the packed file, estimated by FileSizeModel.
  FileSize,
  /// sum weights x bits / 8, in bytes.
  Payload,
  /// The paper's size: (weights + 2 channels) x bits / 8, in bytes.
  PaperSize,
  /// Payload bits over all quantizable weights.
  AverageBits,
  /// sum MACs x weight bits x activation bits.
  BitOperations,
  /// sum of the layers' times in a user's table, in seconds.
  Latency,
  /// Largest sum of the tensors that are needed at the same time, in bytes.
  ActivationMemory,
  /// Payload and ActivationMemory together, in bytes.
  TotalMemory,
};

inline constexpr std::array<BudgetKind, 8> kBudgetKinds{
    BudgetKind::FileSize,
    BudgetKind::Payload,
    BudgetKind::PaperSize,
    BudgetKind::AverageBits,
    BudgetKind::BitOperations,
    BudgetKind::Latency,
    BudgetKind::ActivationMemory,
    BudgetKind::TotalMemory};

/// Name in plans and messages: "file_size", "payload", "paper_size",
/// "average_bits", "bit_operations", "latency", "activation_memory",
/// "total_memory".
[[nodiscard]] OMPQ_API std::string_view to_string(BudgetKind kind);

/// The kind of that name, if there is one.
[[nodiscard]] OMPQ_API std::optional<BudgetKind> parse_budget_kind(
    std::string_view name);

/// A limit with its unit for people: "1.50 MiB (1,572,864 bytes)",
/// "2.5 bits per weight", "40.2 G bit operations", "1.25 ms".
[[nodiscard]] OMPQ_API std::string format_budget(
    BudgetKind kind, double quantity);

/// A limit on one quantity.
struct Budget {
  BudgetKind kind = BudgetKind::FileSize;
  /// Largest value allowed, in bytes, bits per weight, bit operations or
  /// seconds.
  double limit = 0.0;

  friend bool operator==(const Budget&, const Budget&) = default;
};

/// What a plan uses of a budget, in the budget's unit; absent where totals do
/// not tell (latency and memory).
[[nodiscard]] OMPQ_API std::optional<double> used_of(
    BudgetKind kind, const PlanTotals& totals);

}  // namespace ompq
