// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <unordered_map>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Computes values of a graph from constants, each once and on demand.
class OMPQ_API ConstantFolding {
 public:
  explicit ConstantFolding(const Graph& graph) : graph_(graph) {}

  /// Absent if the value depends on what is fed, or cannot be computed here
  /// (evaluate_constant()).
  [[nodiscard]] const std::optional<Constant>& constant_of(ValueId id);

 private:
  [[nodiscard]] std::optional<Constant> computed(const Node& node, ValueId id);

  const Graph& graph_;
  std::unordered_map<ValueId, std::optional<Constant>> constants_;
};

}  // namespace ompq::detail
