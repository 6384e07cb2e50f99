// SPDX-License-Identifier: MIT
#include "ompq/graph/fold_batch_norm.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "ompq/graph/fold_into_layer.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/node_facts.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/graph/window_geometry.h"

namespace ompq {
namespace {

/// The node that alone reads a value; nullptr if there are others or the value
/// is an output of the graph.
const Node* only_consumer(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return value.consumers.size() == 1 && !graph.is_output(id)
             ? &graph.node(value.consumers.front())
             : nullptr;
}

const Node* producer_of(const Graph& graph, std::optional<ValueId> id) {
  const std::optional<NodeId> producer =
      id ? graph.value(*id).producer : std::nullopt;
  return producer ? &graph.node(*producer) : nullptr;
}

/// True if a Conv adds no zeros around its input.
bool is_unpadded(const Graph& graph, const Node& conv) {
  const auto input = shape_at_batch(graph.value(*conv.input(0)));
  if (!input) {
    return false;
  }
  const Constant& weight = *graph.constant_input(conv, 1);
  const ValueFacts facts[]{
      {DataType::Float32, *input, std::nullopt},
      {DataType::Float32, weight.shape(), std::nullopt}};
  const WindowGeometry window =
      conv_geometry(NodeFacts(conv, {&facts[0], &facts[1]}));
  const auto is_zero = [](std::int64_t pad) { return pad == 0; };
  return std::all_of(
             window.pads_begin.begin(), window.pads_begin.end(), is_zero) &&
         std::all_of(window.pads_end.begin(), window.pads_end.end(), is_zero);
}

bool has_no_shift(const ChannelAffine& affine) {
  return std::all_of(
      affine.shift.begin(), affine.shift.end(), [](double shift) {
        return shift == 0.0;
      });
}

/// True if padding before or behind the normalisation is the same: it repeats
/// elements of the same channel, or it adds zeros that stay zeros.
bool commutes_with_pad(
    const Graph& graph, const Node& pad, const ChannelAffine& affine) {
  const Constant* amounts = graph.constant_input(pad, 1);
  if (amounts == nullptr || pad.input(3)) {
    return false;
  }
  const std::vector<std::int64_t> pads = amounts->to_int64();
  const std::size_t rank = pads.size() / 2;
  if (rank < 2 || pads[1] != 0 || pads[rank + 1] != 0) {
    return false;
  }
  if (pad.text("mode", "constant") != "constant") {
    return true;
  }
  const Constant* fill = graph.constant_input(pad, 2);
  const bool is_zero =
      !pad.input(2) || (fill != nullptr && fill->to_double()[0] == 0.0);
  return is_zero && has_no_shift(affine);
}

/// A layer and what it becomes once the normalisation is in it.
struct Match {
  const Node* layer = nullptr;
  FoldedLayer folded;
};

/// Layer -> what is done to its channels
std::optional<Match> match_behind(
    const Graph& graph, ValueId data, const ChannelAffine& affine) {
  const Node* layer = producer_of(graph, data);
  if (layer == nullptr || only_consumer(graph, data) == nullptr) {
    return std::nullopt;
  }
  auto folded = fold_behind(graph, *layer, affine);
  return folded ? std::optional(Match{layer, std::move(*folded)})
                : std::nullopt;
}

/// BatchNormalization -> Conv, or BatchNormalization -> Pad -> Conv
std::optional<Match> match_before(
    const Graph& graph, const Node& norm, const ChannelAffine& affine) {
  const Node* next = only_consumer(graph, *norm.output(0));
  if (next != nullptr && next->op_type == "Pad" &&
      commutes_with_pad(graph, *next, affine)) {
    next = only_consumer(graph, *next->output(0));
  }
  if (next == nullptr || next->op_type != "Conv" ||
      graph.constant_input(*next, 1) == nullptr ||
      (!has_no_shift(affine) && !is_unpadded(graph, *next))) {
    return std::nullopt;
  }
  auto folded = fold_before(graph, *next, affine);
  return folded ? std::optional(Match{next, std::move(*folded)}) : std::nullopt;
}

/// The layer with new constants; the old ones may have other readers.
void replace_layer(
    GraphBuilder& builder, const Graph& graph, const Match& match) {
  const Node& layer = *match.layer;
  const auto& specs = builder.nodes();
  GraphBuilder::NodeSpec spec = *std::find_if(
      specs.begin(), specs.end(), [&](const GraphBuilder::NodeSpec& entry) {
        return entry.name == layer.name;
      });
  const std::string weight = graph.value(*layer.input(1)).name;
  const std::string bias =
      layer.input(2) ? graph.value(*layer.input(2)).name : layer.name + "_bias";
  spec.inputs.resize(3);
  // A weight that stays the same may be that of other layers, too.
  const auto before = graph.constant_input(layer, 1)->bytes();
  if (!std::ranges::equal(before, match.folded.weight.bytes())) {
    spec.inputs[1] =
        builder.add_fresh_constant(weight + "_folded", match.folded.weight);
  }
  spec.inputs[2] =
      builder.add_fresh_constant(bias + "_folded", match.folded.bias);
  if (layer.op_type == "Gemm") {
    spec.attributes.insert_or_assign("beta", 1.0F);
  }
  builder.replace_node(layer.name, {std::move(spec)});
}

/// True if nobody reads the running statistics.
bool has_one_output(const Node& norm) {
  return norm.output(0) && !norm.output(1) && !norm.output(2);
}

/// What folds into a layer, and the value that takes the place of its result.
struct Folding {
  Match match;
  ValueId data;
};

std::optional<Folding> find_norm(const Graph& graph, const Node& norm) {
  const auto affine =
      has_one_output(norm) ? read_batch_norm(graph, norm) : std::nullopt;
  if (!affine) {
    return std::nullopt;
  }
  auto match = match_behind(graph, *norm.input(0), *affine);
  if (!match) {
    match = match_before(graph, norm, *affine);
  }
  return match ? std::optional(Folding{std::move(*match), *norm.input(0)})
               : std::nullopt;
}

/// Layer -> Add or Mul of a constant for each channel: exporters write biases
/// so, and runtimes fold them, too.
std::optional<Folding> find_constant(const Graph& graph, const Node& node) {
  for (const std::size_t data : {0U, 1U}) {
    const auto id = node.input(data);
    const auto affine = id && node.input(1 - data)
                            ? read_channel_constant(graph, node, data)
                            : std::nullopt;
    if (affine) {
      auto match = match_behind(graph, *id, *affine);
      return match ? std::optional(Folding{std::move(*match), *id})
                   : std::nullopt;
    }
  }
  return std::nullopt;
}

/// Folds everything whose layer has not been changed in this round; nullopt if
/// there is nothing.
std::optional<Graph> fold_once(const Graph& graph) {
  GraphBuilder builder(graph);
  std::set<NodeId> changed;
  for (const Node& node : graph.nodes()) {
    const bool is_norm = node.op_type == "BatchNormalization";
    const auto found =
        is_norm ? find_norm(graph, node) : find_constant(graph, node);
    if (!found || !changed.insert(found->match.layer->id).second) {
      continue;
    }
    replace_layer(builder, graph, found->match);
    builder.remove_node(node.name);
    builder.replace_uses(
        graph.value(*node.output(0)).name, graph.value(found->data).name);
  }
  return changed.empty() ? std::nullopt
                         : std::optional(std::move(builder).build());
}

}  // namespace

Graph fold_batch_norm(const Graph& graph) {
  Graph result = graph;
  // A layer can take one normalisation a round; chains need several.
  while (auto folded = fold_once(result)) {
    result = std::move(*folded);
  }
  return result;
}

}  // namespace ompq
