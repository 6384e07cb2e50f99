// SPDX-License-Identifier: MIT
#include "ompq/graph/canonical.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"
#include "ompq/graph/fold_codes.h"
#include "ompq/graph/unfold_packed.h"

namespace ompq {
namespace {

using detail::Canonicalization;
using detail::OperatorRule;
using NodeSpec = GraphBuilder::NodeSpec;

std::string qualified(const std::string& domain, const std::string& op_type) {
  return domain.empty() ? op_type : domain + "." + op_type;
}

void check_operators_known(const Graph& graph) {
  std::map<std::string, std::vector<std::string>> unknown;
  for (const Node& node : graph.nodes()) {
    if (detail::find_operator_rule(node.domain, node.op_type) == nullptr) {
      unknown[qualified(node.domain, node.op_type)].push_back(node.name);
    }
  }
  std::vector<std::string> texts;
  for (const auto& [op_type, names] : unknown) {
    texts.push_back(
        fmt::format("{} ({}: '{}')", op_type, names.size(), names.front()));
  }
  OMPQ_CHECK(
      texts.empty(),
      ErrorCode::Unsupported,
      "[canonicalize] operators that ompq does not know: {} (number of nodes "
      "and the first one); export the model without them, or cut it before",
      fmt::join(texts, ", "));
}

/// What every rewrite takes for granted.
void check_first_input(const Node& node, const OperatorRule& rule) {
  OMPQ_CHECK(
      rule.min_inputs == 0 || node.input(0),
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): the first input is missing",
      node.name,
      node.op_type);
}

void trim(std::vector<std::string>& names) {
  while (!names.empty() && names.back().empty()) {
    names.pop_back();
  }
}

void check_form(const NodeSpec& node) {
  const OperatorRule* rule =
      detail::find_operator_rule(node.domain, node.op_type);
  OMPQ_ASSERT(rule != nullptr, "rewrites make known operators only");
  std::vector<std::string> inputs = node.inputs;
  trim(inputs);
  const auto required_end =
      inputs.begin() +
      static_cast<std::ptrdiff_t>(std::min(rule->min_inputs, inputs.size()));
  const bool is_complete =
      inputs.size() >= rule->min_inputs &&
      std::none_of(inputs.begin(), required_end, [](const std::string& name) {
        return name.empty();
      });
  OMPQ_CHECK(
      is_complete && inputs.size() <= rule->max_inputs,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): {} inputs; expected {}",
      node.name,
      node.op_type,
      is_complete ? fmt::format("{}", inputs.size()) : "missing",
      rule->max_inputs == detail::kAnyNumber
          ? fmt::format("{} or more", rule->min_inputs)
          : fmt::format("{} to {}", rule->min_inputs, rule->max_inputs));
  const std::string attribute(rule->required_attribute);
  OMPQ_CHECK(
      attribute.empty() || node.attributes.contains(attribute),
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): attribute '{}' is missing",
      node.name,
      node.op_type,
      attribute);
}

}  // namespace

Graph canonicalize(const Graph& graph) {
  const Graph unfolded = detail::unfold_packed(graph);
  check_operators_known(unfolded);
  const Graph wide = detail::widen_half_floats(unfolded);
  Canonicalization work(wide);
  for (const Node& node : wide.nodes()) {
    const OperatorRule* rule =
        detail::find_operator_rule(node.domain, node.op_type);
    check_first_input(node, *rule);
    if (rule->rewrite != nullptr) {
      rule->rewrite(work, node);
    }
  }
  std::int64_t opset = kCanonicalOpset;
  for (const NodeSpec& node : work.builder().nodes()) {
    check_form(node);
    opset = std::max(
        opset,
        detail::find_operator_rule(node.domain, node.op_type)->since_opset);
  }
  work.builder().set_opset(opset);
  return detail::fold_codes(std::move(work.builder()).build());
}

}  // namespace ompq
