// SPDX-License-Identifier: MIT
#include "ompq/export/value_grids.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <set>
#include <string_view>
#include <utility>

#include "ompq/core/units.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/number_keeping.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// What Relu or Clip let through.
struct Limits {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

bool is_standard(const Node& node, std::string_view op_type) {
  return node.domain.empty() && node.op_type == op_type;
}

/// Limits of a Relu or a Clip with constant ones; absent for other nodes.
std::optional<Limits> limits_of(const Graph& graph, const Node& node) {
  Limits limits;
  if (is_standard(node, "Relu")) {
    limits.low = 0.0F;
    return limits;
  }
  if (!is_standard(node, "Clip")) {
    return std::nullopt;
  }
  for (const std::size_t index : {1U, 2U}) {
    if (!node.input(index)) {
      continue;
    }
    const Constant* limit = graph.constant_input(node, index);
    if (limit == nullptr || limit->size() != 1) {
      return std::nullopt;
    }
    (index == 1 ? limits.low : limits.high) =
        static_cast<float>(limit->to_double().front());
  }
  return limits.low <= limits.high ? std::optional(limits) : std::nullopt;
}

/// The node whose Relu or Clip can go: what it computes is read by that only.
const Node* clipped_producer(const Graph& graph, const Node& clip) {
  const Value& input = graph.value(*clip.input(0));
  const bool is_read_once =
      input.consumers.size() == 1 && !graph.is_output(input.id);
  return is_read_once && input.producer ? &graph.node(*input.producer)
                                        : nullptr;
}

ByteGrid byte_grid(
    const QuantizedActivation& activation, const Limits& limits) {
  const std::int32_t shift = -activation.grid.lowest();
  const AffineParameters parameters{
      .scale = activation.parameters.scale,
      .zero_point = activation.parameters.zero_point + shift};
  // In float32, as QuantizeLinear does it.
  const auto code_of = [&](float number) {
    const float code = std::nearbyint(number / parameters.scale) +
                       static_cast<float>(parameters.zero_point);
    const auto highest = static_cast<float>(activation.grid.steps());
    return static_cast<std::int32_t>(std::clamp(code, 0.0F, highest));
  };
  return {
      .parameters = parameters,
      .lowest = code_of(limits.low),
      .highest = code_of(limits.high),
      .origin = activation.value};
}

std::set<std::string> names_of(
    const std::vector<QuantizedActivation>& activations) {
  std::set<std::string> names;
  for (const QuantizedActivation& activation : activations) {
    names.insert(activation.value);
  }
  return names;
}

/// Takes Relu and Clip out of a copy of the graph.
class Clipping {
 public:
  Clipping(
      const Graph& graph, const std::vector<QuantizedActivation>& activations)
      : graph_(graph), builder_(graph), quantized_(names_of(activations)) {}

  /// The limits that the grid of a value must keep.
  Limits take_limits(const std::string& name) {
    const auto id = graph_.find_value(name);
    if (!id || !graph_.value(*id).producer) {
      return {};
    }
    const Node& clip = graph_.node(*graph_.value(*id).producer);
    const std::optional<Limits> limits = limits_of(graph_, clip);
    const Node* producer = limits ? clipped_producer(graph_, clip) : nullptr;
    if (producer == nullptr ||
        quantized_.contains(graph_.value(*clip.input(0)).name)) {
      return {};
    }
    NodeSpec spec =
        *std::ranges::find(builder_.nodes(), producer->name, &NodeSpec::name);
    std::ranges::replace(spec.outputs, graph_.value(*clip.input(0)).name, name);
    builder_.remove_node(clip.name);
    builder_.replace_node(producer->name, {std::move(spec)});
    return *limits;
  }

  Graph build() && { return std::move(builder_).build(); }

 private:
  const Graph& graph_;
  GraphBuilder builder_;
  std::set<std::string> quantized_;
};

const ByteGrid* find_grid(
    const Graph& graph,
    const ByteGrids& grids,
    const std::optional<ValueId>& value) {
  if (!value) {
    return nullptr;
  }
  const auto found = grids.find(graph.value(*value).name);
  return found == grids.end() ? nullptr : &found->second;
}

/// The grid of the node's results if it has one from its inputs.
std::optional<ByteGrid> handed_on(
    const Graph& graph, const Node& node, const ByteGrids& grids) {
  const bool is_concat = is_standard(node, "Concat");
  const ByteGrid* first = find_grid(graph, grids, node.input(0));
  if (first == nullptr || !(is_concat || keeps_numbers(graph, node))) {
    return std::nullopt;
  }
  ByteGrid grid = *first;
  // Pad brings zeros.
  grid.lowest = std::min(grid.lowest, grid.parameters.zero_point);
  grid.highest = std::max(grid.highest, grid.parameters.zero_point);
  grid.is_copy = true;
  for (std::size_t i = 1; is_concat && i < node.inputs.size(); ++i) {
    const ByteGrid* other = find_grid(graph, grids, node.input(i));
    if (other == nullptr || other->parameters != grid.parameters) {
      return std::nullopt;
    }
    grid.lowest = std::min(grid.lowest, other->lowest);
    grid.highest = std::max(grid.highest, other->highest);
  }
  return grid;
}

/// True for operators that ONNX Runtime runs on integers if their result is
/// quantized.
bool runs_if_quantized(const Node& node) {
  static const std::set<std::string_view> operators{
      "Add", "AveragePool", "Concat", "GlobalAveragePool", "Mul"};
  return node.domain.empty() && operators.contains(node.op_type);
}

bool is_layer_input(const Node& node, ValueId value) {
  static const std::set<std::string_view> layers{"Conv", "Gemm", "MatMul"};
  return node.domain.empty() && layers.contains(node.op_type) &&
         node.input(0) == value;
}

}  // namespace

ClippedGrids clip_by_grids(
    const Graph& graph, const std::vector<QuantizedActivation>& activations) {
  Clipping clipping(graph, activations);
  ByteGrids grids;
  for (const QuantizedActivation& activation : activations) {
    check_parameters(activation);
    if (activation.grid.bits <= kBitsPerByte &&
        !grids.contains(activation.value)) {
      grids[activation.value] =
          byte_grid(activation, clipping.take_limits(activation.value));
    }
  }
  return {std::move(clipping).build(), std::move(grids)};
}

ClippedGrids clip_by_byte_grids(
    const Graph& graph, const std::vector<QuantizedActivation>& activations) {
  std::vector<QuantizedActivation> bytes;
  std::ranges::copy_if(
      activations,
      std::back_inserter(bytes),
      [](const QuantizedActivation& activation) {
        return activation.grid.bits == kBitsPerByte;
      });
  return clip_by_grids(graph, bytes);
}

void add_copied_grids(
    const Graph& graph,
    const std::vector<QuantizedActivation>& activations,
    ByteGrids& grids) {
  const std::set<std::string> quantized = names_of(activations);
  for (const Node& node : graph.nodes()) {
    const std::optional<ByteGrid> grid = handed_on(graph, node, grids);
    for (const auto& output : node.outputs) {
      if (!grid || !output) {
        continue;
      }
      const Value& value = graph.value(*output);
      if (value.type == DataType::Float32 && !quantized.contains(value.name)) {
        grids.emplace(value.name, *grid);
      }
    }
  }
}

std::int32_t highest_input(
    const Graph& graph, const ByteGrids& grids, const Value& weight) {
  constexpr std::int32_t kHighestByte = 255;
  std::int32_t highest = 0;
  for (const NodeId reader : weight.consumers) {
    const ByteGrid* grid = find_grid(graph, grids, graph.node(reader).input(0));
    const std::int32_t code =
        grid == nullptr ? kHighestByte
                        : std::max(grid->highest, grid->parameters.zero_point);
    highest = std::max(highest, code);
  }
  return highest;
}

std::vector<std::string> find_copies_to_quantize(
    const Graph& graph, const ByteGrids& grids) {
  std::vector<std::string> found;
  std::set<ValueId> wanted;
  const auto is_wanted_by = [&](const Node& reader, ValueId value) {
    return is_layer_input(reader, value) ||
           std::ranges::any_of(reader.outputs, [&](const auto& output) {
             const ByteGrid* grid = find_grid(graph, grids, output);
             return grid != nullptr &&
                    (grid->is_copy ? wanted.contains(*output)
                                   : runs_if_quantized(reader));
           });
  };
  for (const Node& node : graph.nodes() | std::views::reverse) {
    for (const auto& output : node.outputs) {
      const ByteGrid* grid = find_grid(graph, grids, output);
      if (grid == nullptr) {
        continue;
      }
      const Value& value = graph.value(*output);
      const bool is_wanted =
          std::ranges::any_of(value.consumers, [&](NodeId reader) {
            return is_wanted_by(graph.node(reader), value.id);
          });
      if (is_wanted && grid->is_copy) {
        wanted.insert(value.id);
        found.push_back(value.name);
      }
    }
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace ompq::detail
