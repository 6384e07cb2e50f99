// SPDX-License-Identifier: MIT
#include "ompq/graph/batch_variation.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "ompq/core/error.h"
#include "ompq/graph/batch_rewrites.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {
namespace {

/// The only axis along which two samples differ from one, if it doubles.
std::optional<std::size_t> batch_axis(const Shape& single, const Shape& two) {
  std::optional<std::size_t> axis;
  if (single.size() != two.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < single.size(); ++i) {
    if (single[i] != two[i]) {
      if (axis || two[i] != 2 * single[i]) {
        return std::nullopt;
      }
      axis = i;
    }
  }
  return axis;
}

/// Work along one axis, the last one unless told otherwise.
constexpr std::string_view kAlongLast[] = {
    "Softmax", "LogSoftmax", "Hardmax", "TopK"};
/// Work along one axis, the first one unless told otherwise.
constexpr std::string_view kAlongFirst[] = {"Concat", "Split"};
/// Work along an axis and all that follow.
constexpr std::string_view kNormalizations[] = {
    "LayerNormalization", "RMSNormalization"};
/// Work along all axes but the first.
constexpr std::string_view kBatchFirst[] = {
    "Conv",
    "ConvTranspose",
    "AveragePool",
    "LpPool",
    "MaxPool",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "InstanceNormalization",
    "DepthToSpace",
    "GroupNormalization",
    "SpaceToDepth",
    "LRN"};
/// Take the batch as axis 1, or 0 with layout = 1.
constexpr std::string_view kRecurrent[] = {"GRU", "LSTM", "RNN"};
/// May work along any axis.
constexpr std::string_view kInDoubt[] = {
    "CumSum",
    "Einsum",
    "MeanVarianceNormalization",
    "ReverseSequence",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "Trilu"};

bool is_among(
    std::string_view op, std::span<const std::string_view> operators) {
  return std::find(operators.begin(), operators.end(), op) != operators.end();
}

/// True if an operator mixes elements along `axis` of an input of rank `rank`,
/// as far as shapes do not show it. In doubt it does.
bool works_along(const Node& node, std::size_t axis, std::size_t rank) {
  const auto axis_or = [&](std::int64_t fallback) {
    const std::int64_t given = node.integer("axis", fallback);
    return static_cast<std::size_t>(
        given < 0 ? given + static_cast<std::int64_t>(rank) : given);
  };
  const std::string& op = node.op_type;
  if (is_among(op, kRecurrent)) {
    return axis != (node.integer("layout", 0) != 0 ? 0U : 1U);
  }
  return (is_among(op, kAlongLast) && axis_or(-1) == axis) ||
         (is_among(op, kAlongFirst) && axis_or(0) == axis) ||
         (is_among(op, kNormalizations) && axis_or(-1) <= axis) ||
         (is_among(op, kBatchFirst) && axis != 0) || is_among(op, kInDoubt);
}

/// Which values are computed from the elements of the varying inputs.
class DataDependence {
 public:
  DataDependence(const Graph& graph, const std::vector<ValueId>& varying)
      : depends_(graph.values().size(), false) {
    for (const ValueId id : varying) {
      depends_[id.index()] = true;
    }
    for (const Node& node : graph.nodes()) {
      if (node.op_type == "Shape" || node.op_type == "Size") {
        continue;
      }
      const bool reached = std::any_of(
          node.inputs.begin(), node.inputs.end(), [&](const auto& id) {
            return id && depends_[id->index()];
          });
      for (const auto& id : node.outputs) {
        if (id) {
          depends_[id->index()] = reached;
        }
      }
    }
  }

  [[nodiscard]] bool operator()(ValueId id) const {
    return depends_[id.index()];
  }

 private:
  std::vector<bool> depends_;
};

/// The axis along which a value doubles.
std::optional<std::size_t> doubled_axis(
    const ShapePropagation& single,
    const ShapePropagation& twofold,
    ValueId id) {
  const auto& one = single.facts(id).shape;
  const auto& two = twofold.facts(id).shape;
  return one && two ? batch_axis(*one, *two) : std::nullopt;
}

bool samples_stay_apart(
    const Graph& graph,
    const ShapePropagation& single,
    const ShapePropagation& twofold,
    const std::vector<ValueId>& varying) {
  const DataDependence depends(graph, varying);
  for (const Node& node : graph.nodes()) {
    for (const auto& id : node.outputs) {
      if (id && depends(*id) && !doubled_axis(single, twofold, *id)) {
        return false;
      }
    }
    for (const auto& id : node.inputs) {
      if (id && depends(*id) &&
          works_along(
              node,
              *doubled_axis(single, twofold, *id),
              single.facts(*id).shape->size())) {
        return false;
      }
    }
  }
  return true;
}

bool outputs_lead(
    const Graph& graph,
    const ShapePropagation& single,
    const ShapePropagation& twofold) {
  return std::all_of(
      graph.outputs().begin(), graph.outputs().end(), [&](ValueId id) {
        return doubled_axis(single, twofold, id) == std::size_t{0};
      });
}

/// What a node must read instead of its own constants, if anything.
std::optional<InputRewrite> find_rewrite(
    const Node& node,
    const ShapePropagation& single,
    const ShapePropagation& twofold) {
  const std::optional<ValueId> output = node.output(0);
  if (!output || !single.facts(*output).shape) {
    return std::nullopt;
  }
  return rewrite_for_batch(
      single.facts_of(node),
      twofold.facts_of(node),
      *single.facts(*output).shape);
}

/// True if a node takes two samples. If it does not, that is the answer and
/// not a fault of the model.
bool can_step(const Node& node, ShapePropagation& twofold) {
  try {
    twofold.step(node);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::ShapeMismatch &&
        error.code() != ErrorCode::InvalidModel) {
      throw;
    }
    return false;
  }
}

}  // namespace

std::optional<BatchRewrites> follow_batch(
    const Graph& graph,
    const ShapePropagation& single,
    ShapePropagation& twofold,
    const std::vector<ValueId>& varying,
    const BatchRules& rules) {
  BatchRewrites rewrites;
  for (const Node& node : graph.nodes()) {
    const auto rewrite = rules.allows_rewrites
                             ? find_rewrite(node, single, twofold)
                             : std::nullopt;
    if (rewrite) {
      twofold.override_input(node, rewrite->index, rewrite->constant);
      rewrites.insert_or_assign({node.id, rewrite->index}, rewrite->constant);
    }
    if (!can_step(node, twofold)) {
      return std::nullopt;
    }
  }
  if ((rules.keeps_samples_apart &&
       !samples_stay_apart(graph, single, twofold, varying)) ||
      (rules.leads_outputs && !outputs_lead(graph, single, twofold))) {
    return std::nullopt;
  }
  return rewrites;
}

Graph apply_rewrites(const Graph& graph, const BatchRewrites& rewrites) {
  GraphBuilder builder(graph);
  for (const auto& [place, constant] : rewrites) {
    const Node& node = graph.node(place.first);
    const auto& specs = builder.nodes();
    GraphBuilder::NodeSpec spec = *std::find_if(
        specs.begin(), specs.end(), [&](const GraphBuilder::NodeSpec& entry) {
          return entry.name == node.name;
        });
    spec.inputs[place.second] =
        builder.add_fresh_constant(node.name + "_any_batch", constant);
    builder.replace_node(node.name, {std::move(spec)});
  }
  return std::move(builder).build();
}

}  // namespace ompq
