// SPDX-License-Identifier: MIT
#include "ompq/export/fast_graph.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/export/fast_form.h"
#include "ompq/export/gathered_biases.h"
#include "ompq/export/value_grids.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {
namespace {

using detail::ByteGrids;
using NodeSpec = GraphBuilder::NodeSpec;

/// The model with quantizers for copies of quantized values, too.
QuantizedModel with_copies(
    QuantizedModel model,
    const std::vector<std::string>& copies,
    const ByteGrids& grids) {
  for (const std::string& name : copies) {
    model.activations.push_back(
        {.value = name, .grid = {}, .parameters = grids.at(name).parameters});
  }
  return model;
}

const Node* producer_of(
    const Graph& graph, std::optional<ValueId> id, const char* op_type) {
  const auto producer = id ? graph.value(*id).producer : std::nullopt;
  return producer && graph.node(*producer).op_type == op_type
             ? &graph.node(*producer)
             : nullptr;
}

/// The quantizer that is all that reads the node's result.
const Node* only_quantizer(const Graph& graph, const Node& node) {
  const Value& result = graph.value(*node.output(0));
  if (graph.is_output(result.id) || result.consumers.size() != 1) {
    return nullptr;
  }
  const Node& reader = graph.node(result.consumers.front());
  return reader.op_type == "QuantizeLinear" ? &reader : nullptr;
}

/// Pad between DequantizeLinear and QuantizeLinear of one grid works on codes:
/// ONNX Runtime does not see that by itself.
Graph with_integer_pads(const Graph& graph, const ByteGrids& grids) {
  GraphBuilder builder(graph);
  for (const Node& node : graph.nodes()) {
    const Node* dequantizer =
        producer_of(graph, node.input(0), "DequantizeLinear");
    const Node* quantizer = only_quantizer(graph, node);
    if (node.op_type != "Pad" || dequantizer == nullptr ||
        quantizer == nullptr) {
      continue;
    }
    const auto grid = grids.find(graph.value(*node.output(0)).name);
    if (grid == grids.end() || !grid->second.is_copy) {
      continue;
    }
    const auto name_of = [&](std::optional<ValueId> id) {
      return id ? graph.value(*id).name : std::string();
    };
    NodeSpec spec =
        *std::ranges::find(builder.nodes(), node.name, &NodeSpec::name);
    const bool brings_zeros = node.text("mode", "constant") == "constant";
    spec.inputs[0] = name_of(dequantizer->input(0));
    spec.inputs.resize(std::max<std::size_t>(spec.inputs.size(), 3));
    spec.inputs[2] = brings_zeros ? name_of(dequantizer->input(2)) : "";
    spec.outputs = {name_of(quantizer->output(0))};
    builder.remove_node(quantizer->name);
    builder.replace_node(node.name, {std::move(spec)});
  }
  return std::move(builder).build();
}

/// An Add behind an integer MatMul becomes a Sum: of MatMul and Add ONNX
/// Runtime makes a Gemm with a float bias, for which it has no integer kernel.
Graph with_separate_sums(const Graph& graph) {
  GraphBuilder builder(graph);
  for (const Node& node : graph.nodes()) {
    const bool follows_product =
        std::ranges::any_of(node.inputs, [&](std::optional<ValueId> input) {
          const Node* product = producer_of(graph, input, "MatMul");
          return product != nullptr &&
                 producer_of(graph, product->input(0), "DequantizeLinear") &&
                 producer_of(graph, product->input(1), "DequantizeLinear");
        });
    if (node.op_type == "Add" && follows_product) {
      NodeSpec spec =
          *std::ranges::find(builder.nodes(), node.name, &NodeSpec::name);
      spec.op_type = "Sum";
      builder.replace_node(node.name, {std::move(spec)});
    }
  }
  return std::move(builder).build();
}

}  // namespace

Graph to_fast_graph(const Graph& float_graph, const QuantizedModel& model) {
  detail::GatheredBiases gathered = detail::gather_biases(float_graph, model);
  auto [graph, grids] =
      detail::clip_by_grids(gathered.graph, model.activations);
  detail::add_copied_grids(graph, model.activations, grids);
  const QuantizedModel complete = with_copies(
      std::move(gathered.model),
      detail::find_copies_to_quantize(graph, grids),
      grids);
  const Graph quantized =
      insert_quantizers(graph, complete, detail::FastForm(graph, grids));
  return with_separate_sums(with_integer_pads(quantized, grids));
}

}  // namespace ompq
