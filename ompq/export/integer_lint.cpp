// SPDX-License-Identifier: MIT
#include "ompq/export/integer_lint.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "ompq/export/integer_fusion.h"

namespace ompq {
namespace {

using detail::IntegerFusion;

bool is_conversion(const Node& node) {
  return node.domain.empty() && (node.op_type == "QuantizeLinear" ||
                                 node.op_type == "DequantizeLinear");
}

/// True if the node reads and computes no floats.
bool is_without_floats(const Graph& graph, const Node& node) {
  const auto is_no_float = [&](const auto& id) {
    return !id || !is_floating_point(graph.value(*id).type);
  };
  return std::ranges::all_of(node.inputs, is_no_float) &&
         std::ranges::all_of(node.outputs, is_no_float);
}

class Linting {
 public:
  explicit Linting(const Graph& graph) : graph_(graph) {
    for (const Node& node : graph.nodes()) {
      if (!is_conversion(node) && !is_without_floats(graph, node)) {
        fusions_.emplace(node.id, detail::find_integer_fusion(graph, node));
      }
    }
  }

  [[nodiscard]] LintRow row_of(const Node& node) const {
    LintRow row{.name = node.name, .op_type = node.op_type};
    if (is_conversion(node)) {
      explain_conversion(node, row);
      return row;
    }
    const auto found = fusions_.find(node.id);
    if (found == fusions_.end()) {
      row.execution = Execution::Integer;
      row.reason = node.op_type;
      return row;
    }
    const bool is_integer = !found->second.kernel.empty();
    row.execution = is_integer ? Execution::Integer : Execution::Float;
    row.reason = is_integer ? found->second.kernel : found->second.obstacle;
    return row;
  }

 private:
  /// True if the conversion vanishes in an integer kernel of the other node.
  [[nodiscard]] bool is_merged_into(NodeId conversion, NodeId node) const {
    const auto found = fusions_.find(node);
    return found != fusions_.end() &&
           std::ranges::find(found->second.merged, conversion) !=
               found->second.merged.end();
  }

  void explain_conversion(const Node& node, LintRow& row) const {
    const bool is_quantizer = node.op_type == "QuantizeLinear";
    std::vector<NodeId> partners;
    const Value& result = graph_.value(*node.output(0));
    if (!is_quantizer) {
      partners = result.consumers;
    } else if (const auto producer = graph_.value(*node.input(0)).producer) {
      partners = {*producer};
    }
    const auto outside = std::ranges::find_if(partners, [&](NodeId partner) {
      return !is_merged_into(node.id, partner);
    });
    if (outside != partners.end()) {
      row.reason = fmt::format(
          "converts {} '{}'",
          is_quantizer ? "floats of" : "integers for",
          graph_.node(*outside).name);
    } else if (partners.empty() || graph_.is_output(result.id)) {
      row.reason = is_quantizer ? "converts an input of the network"
                                : "converts an output of the network";
    } else {
      row.execution = Execution::Merged;
      row.reason = fmt::format("into '{}'", graph_.node(partners.front()).name);
    }
  }

  const Graph& graph_;
  std::map<NodeId, IntegerFusion> fusions_;
};

}  // namespace

std::string_view to_string(Execution execution) {
  switch (execution) {
    case Execution::Integer:
      return "integer";
    case Execution::Float:
      return "float";
    case Execution::Merged:
      break;
  }
  return "merged";
}

std::int64_t IntegerLint::count(Execution execution) const {
  return std::ranges::count(rows, execution, &LintRow::execution);
}

std::string IntegerLint::summary() const {
  return fmt::format(
      "{} nodes run on integers, {} on floats, {} are merged",
      count(Execution::Integer),
      count(Execution::Float),
      count(Execution::Merged));
}

IntegerLint lint_integers(const Graph& graph) {
  const Linting linting(graph);
  IntegerLint lint;
  for (const Node& node : graph.nodes()) {
    lint.rows.push_back(linting.row_of(node));
  }
  return lint;
}

}  // namespace ompq
