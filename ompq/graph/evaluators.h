// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "ompq/graph/constant.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// Computes the outputs of a node whose inputs are constants and whose output
/// shapes are known; nullopt if the result is not defined.
using Evaluator = std::optional<std::vector<Constant>> (*)(
    const NodeFacts& facts, const std::vector<ValueFacts>& outputs);

/// Evaluators by operator type.
using Evaluators = std::map<std::string_view, Evaluator>;

/// The evaluators of one operator family each.
[[nodiscard]] Evaluators arithmetic_evaluators();
[[nodiscard]] Evaluators bitwise_evaluators();
[[nodiscard]] Evaluators function_evaluators();
[[nodiscard]] Evaluators generation_evaluators();
[[nodiscard]] Evaluators logic_evaluators();
[[nodiscard]] Evaluators movement_evaluators();
[[nodiscard]] Evaluators quantization_evaluators();
[[nodiscard]] Evaluators reduction_evaluators();
[[nodiscard]] Evaluators scatter_evaluators();

}  // namespace ompq
