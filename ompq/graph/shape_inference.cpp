// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_inference.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/graph/batch_variation.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/input_shapes.h"
#include "ompq/graph/shape_propagation.h"

namespace ompq {
namespace {

/// Two passes over one graph, with `batch` and `batch + 1` samples, or twice
/// the same pass for a fixed batch.
struct Passes {
  const ShapePropagation& first;
  const ShapePropagation& second;
  std::int64_t batch = 1;
};

/// A size that is `first` for `batch` samples and `second` for one more:
/// "N", "49N", "2N+1".
Dimension dimension_of(
    std::int64_t first, std::int64_t second, std::int64_t batch) {
  if (first == second) {
    return {.size = first, .symbol = {}};
  }
  const std::int64_t slope = second - first;
  const std::int64_t rest = first - slope * batch;
  std::string symbol = slope == 1 ? "N" : fmt::format("{}N", slope);
  if (rest != 0) {
    symbol += fmt::format("{:+}", rest);
  }
  return {.size = -1, .symbol = std::move(symbol)};
}

std::optional<std::vector<Dimension>> dimensions_of(
    const Passes& passes, ValueId id) {
  const auto& first = passes.first.facts(id).shape;
  const auto& second = passes.second.facts(id).shape;
  if (!first || !second || first->size() != second->size()) {
    return std::nullopt;
  }
  std::vector<Dimension> dimensions;
  for (std::size_t axis = 0; axis < first->size(); ++axis) {
    dimensions.push_back(
        dimension_of((*first)[axis], (*second)[axis], passes.batch));
  }
  return dimensions;
}

/// True if the outputs are the same elements for every batch. A graph output
/// stays a node: somebody waits for it to be computed.
bool is_foldable(const Graph& graph, const Passes& passes, const Node& node) {
  return std::all_of(
      node.outputs.begin(), node.outputs.end(), [&](const auto& id) {
        if (!id) {
          return true;
        }
        const auto& first = passes.first.facts(*id).constant;
        const auto& second = passes.second.facts(*id).constant;
        return first && second && !graph.is_output(*id) &&
               is_same_constant(*first, *second);
      });
}

/// Writes what the passes found into the graph.
Graph annotate(const Graph& graph, const Passes& passes) {
  GraphBuilder builder(graph);
  for (const Node& node : graph.nodes()) {
    if (!is_foldable(graph, passes, node)) {
      continue;
    }
    builder.remove_node(node.name);
    for (const auto& id : node.outputs) {
      if (id) {
        builder.add_constant(
            graph.value(*id).name, *passes.first.facts(*id).constant);
      }
    }
  }
  for (const Value& value : graph.values()) {
    if (!value.constant) {
      builder.set_type(value.name, passes.first.facts(value.id).type);
      builder.set_shape(value.name, dimensions_of(passes, value.id));
    }
  }
  return std::move(builder).build();
}

Graph infer_for_batches(
    const Graph& graph,
    const ResolvedInputs& inputs,
    const std::vector<ValueId>& varying,
    std::int64_t batch) {
  ShapePropagation first(graph, inputs.with_batch(varying, batch));
  first.run();
  ShapePropagation second(graph, inputs.with_batch(varying, batch + 1), &first);
  second.run();
  return annotate(graph, {first, second, batch});
}

/// The inputs of a graph that was built anew from `graph`.
ResolvedInputs renumber(
    const ResolvedInputs& inputs, const Graph& graph, const Graph& rebuilt) {
  ResolvedInputs result;
  for (const auto& [id, shape] : inputs.shapes) {
    const ValueId there = *rebuilt.find_value(graph.value(id).name);
    result.shapes[there] = shape;
    result.leading[there] = inputs.leading.at(id);
  }
  return result;
}

/// The rules to try, the strictest first. What a file itself leaves open is
/// taken at its word; what a file fixes is opened only if samples stay apart.
std::vector<BatchRules> rules_for(bool is_declared) {
  if (!is_declared) {
    return {
        {.allows_rewrites = false, .keeps_samples_apart = true},
        {.allows_rewrites = true, .keeps_samples_apart = true}};
  }
  return {
      {.allows_rewrites = false},
      {.allows_rewrites = true},
      {.allows_rewrites = false, .leads_outputs = false}};
}

/// The rewritten graph, inferred for `batch` samples and one more.
Graph infer_rewritten(
    const Graph& graph,
    const BatchRewrites& rewrites,
    const ResolvedInputs& inputs,
    const std::vector<ValueId>& varying,
    std::int64_t batch) {
  const Graph rewritten = apply_rewrites(graph, rewrites);
  std::vector<ValueId> there;
  for (const ValueId id : varying) {
    there.push_back(*rewritten.find_value(graph.value(id).name));
  }
  return infer_for_batches(
      rewritten, renumber(inputs, graph, rewritten), there, batch);
}

/// The graph for any batch if `varying` can share one; nullopt if it cannot.
std::optional<Graph> infer_any_batch(
    const Graph& graph,
    const ResolvedInputs& inputs,
    const std::vector<ValueId>& varying,
    std::int64_t batch) {
  ShapePropagation single(graph, inputs.with_batch(varying, 1));
  try {
    single.run();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::ShapeMismatch &&
        error.code() != ErrorCode::InvalidModel) {
      throw;
    }
    return std::nullopt;
  }
  const bool is_declared =
      std::all_of(varying.begin(), varying.end(), [&](ValueId id) {
        return inputs.leading.at(id) == Leading::Dynamic;
      });
  for (const BatchRules& rules : rules_for(is_declared)) {
    ShapePropagation twofold(graph, inputs.with_batch(varying, 2), &single);
    const auto rewrites = follow_batch(graph, single, twofold, varying, rules);
    if (rewrites && rewrites->empty() && batch == 1) {
      return annotate(graph, {single, twofold, 1});
    }
    if (rewrites) {
      return infer_rewritten(graph, *rewrites, inputs, varying, batch);
    }
  }
  return std::nullopt;
}

/// Reads "49N+1": the number at the beginning of `text`, which is cut off.
std::int64_t take_number(std::string_view& text, std::int64_t fallback) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  std::int64_t number = fallback;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return number;
}

/// Size of a dimension; one that inference did not name is the batch itself.
std::int64_t size_at(const Dimension& dimension, std::int64_t batch) {
  if (!dimension.is_dynamic()) {
    return dimension.size;
  }
  std::string_view text = dimension.symbol;
  const std::int64_t slope = take_number(text, 1);
  if (!text.starts_with('N')) {
    return batch;
  }
  text.remove_prefix(1);
  const std::int64_t rest = take_number(text, 0);
  return text.empty() ? slope * batch + rest : batch;
}

bool varies_with_batch(const Value& value) {
  return value.shape && !value.shape->empty() &&
         value.shape->front().is_dynamic();
}

}  // namespace

Graph infer_shapes(const Graph& graph, const ShapeOptions& options) {
  const ResolvedInputs inputs = resolve_inputs(graph, options);
  const std::vector<ValueId> open = inputs.with_leading(Leading::Dynamic);
  std::vector<ValueId> all = inputs.with_leading(Leading::One);
  const bool has_ones = !all.empty();
  all.insert(all.end(), open.begin(), open.end());
  if (has_ones) {
    if (auto result = infer_any_batch(graph, inputs, all, options.batch)) {
      return std::move(*result);
    }
  }
  if (!open.empty()) {
    if (auto result = infer_any_batch(graph, inputs, open, options.batch)) {
      return std::move(*result);
    }
  }
  ShapePropagation only(graph, inputs.shapes);
  only.run();
  return annotate(graph, {only, only, options.batch});
}

bool is_batch_polymorphic(const Graph& graph) {
  const auto varies = [&](ValueId id) {
    return varies_with_batch(graph.value(id));
  };
  return std::any_of(graph.inputs().begin(), graph.inputs().end(), varies) &&
         std::all_of(graph.outputs().begin(), graph.outputs().end(), varies);
}

std::optional<Shape> shape_at_batch(const Value& value, std::int64_t batch) {
  if (!value.shape) {
    return std::nullopt;
  }
  Shape shape;
  for (const Dimension& dimension : *value.shape) {
    shape.push_back(size_at(dimension, batch));
  }
  return shape;
}

}  // namespace ompq
