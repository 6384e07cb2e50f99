// SPDX-License-Identifier: MIT
#include "ompq/graph/quantized_flow.h"

#include <algorithm>
#include <initializer_list>
#include <ranges>
#include <string_view>

#include "ompq/graph/number_keeping.h"

namespace ompq::detail {
namespace {

bool is_one_of(
    const Node& node, std::initializer_list<std::string_view> operators) {
  return node.domain.empty() &&
         std::find(operators.begin(), operators.end(), node.op_type) !=
             operators.end();
}

bool is_sum(const Node& node) {
  return is_one_of(node, {"Add", "Sub", "Sum"});
}

bool is_average(const Node& node) {
  return is_one_of(node, {"AveragePool", "GlobalAveragePool", "ReduceMean"});
}

/// What the numbers of a value are made of.
enum class Origin {
  /// Constants and shapes only, or no float numbers.
  Fixed,
  /// The network's input as it is, where that is not quantized.
  Raw,
  /// Computed from the network's input.
  Computed,
};

/// Origins of all values, with the flow they allow.
class Following {
 public:
  Following(
      const Graph& graph,
      const LayerTable& layers,
      const ActivationSiteOptions& options)
      : graph_(graph),
        depends_(graph.values().size(), false),
        origins_(graph.values().size(), Origin::Fixed),
        near_layers_(graph.values().size(), false),
        reaches_(graph.values().size(), false) {
    flow_.is_quantized.assign(graph.values().size(), false);
    flow_.hands_on.assign(graph.nodes().size(), false);
    find_origins(options);
    find_near_layers(layers);
    for (const Layer& layer : layers) {
      ask_for(*graph.node(layer.node).input(0));
    }
    if (options.network_outputs) {
      for (const ValueId output : graph.outputs()) {
        ask_for(output);
      }
    }
    // Once without sums: those join whose operands are quantized anyway.
    for (const bool sums_too : {false, true}) {
      for (const Node& node : graph.nodes() | std::views::reverse) {
        pass_back(node, sums_too);
      }
    }
  }

  [[nodiscard]] QuantizedFlow take() { return std::move(flow_); }

 private:
  [[nodiscard]] Origin origin(ValueId id) const { return origins_[id.index()]; }

  void find_origins(const ActivationSiteOptions& options) {
    for (const ValueId input : graph_.inputs()) {
      depends_[input.index()] = true;
      set_origin(
          input, options.network_inputs ? Origin::Computed : Origin::Raw);
    }
    for (const Node& node : graph_.nodes()) {
      const Origin result = origin_of_results(node);
      for (const auto& output : node.outputs) {
        if (output) {
          depends_[output->index()] = result != Origin::Fixed;
          set_origin(*output, result);
        }
      }
      flow_.hands_on[node.id.index()] = can_hand_on(node);
    }
  }

  void set_origin(ValueId id, Origin origin) {
    const bool is_float = is_floating_point(graph_.value(id).type);
    origins_[id.index()] = is_float ? origin : Origin::Fixed;
  }

  [[nodiscard]] Origin origin_of_results(const Node& node) const {
    const auto depends = [&](const std::optional<ValueId>& input) {
      return input && depends_[input->index()];
    };
    // A shape says nothing of the numbers.
    if (is_one_of(node, {"Shape", "Size"}) ||
        std::none_of(node.inputs.begin(), node.inputs.end(), depends)) {
      return Origin::Fixed;
    }
    const auto is_as_fed = [&](const std::optional<ValueId>& input) {
      return !depends(input) || origin(*input) == Origin::Raw;
    };
    const bool moves =
        keeps_numbers(graph_, node)
            ? depends(node.input(0)) && is_as_fed(node.input(0))
            : is_one_of(node, {"Concat"}) &&
                  std::all_of(
                      node.inputs.begin(), node.inputs.end(), is_as_fed);
    return moves ? Origin::Raw : Origin::Computed;
  }

  void find_near_layers(const LayerTable& layers) {
    for (const ValueId input : graph_.inputs()) {
      near_layers_[input.index()] = true;
    }
    for (const Layer& layer : layers) {
      near_layers_[graph_.node(layer.node).output(0)->index()] = true;
    }
    for (const Node& node : graph_.nodes()) {
      const bool hands_on = keeps_numbers(graph_, node) || is_sum(node) ||
                            is_average(node) ||
                            is_one_of(node, {"Clip", "Concat", "Relu"});
      const bool any_near = std::any_of(
          node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
            return input && near_layers_[input->index()];
          });
      for (const auto& output : node.outputs) {
        if (output && hands_on && any_near) {
          near_layers_[output->index()] = true;
        }
      }
    }
  }

  [[nodiscard]] bool is_computed(const std::optional<ValueId>& id) const {
    return id && origin(*id) == Origin::Computed;
  }

  [[nodiscard]] bool can_hand_on(const Node& node) const {
    if (is_one_of(node, {"Concat"})) {
      return std::all_of(
          node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
            return is_computed(input);
          });
    }
    return keeps_numbers(graph_, node) && is_computed(node.input(0));
  }

  void ask_for(const std::optional<ValueId>& id) {
    if (is_computed(id)) {
      flow_.is_quantized[id->index()] = true;
      reaches_[id->index()] = true;
    }
  }

  /// Asks for the inputs of a node whose readers have all asked for its
  /// results.
  void pass_back(const Node& node, bool sums_too) {
    const auto any_of_results = [&](const std::vector<bool>& property) {
      return std::any_of(
          node.outputs.begin(), node.outputs.end(), [&](const auto& output) {
            return output && property[output->index()];
          });
    };
    const bool is_quantized = any_of_results(flow_.is_quantized);
    const bool reaches = any_of_results(reaches_);
    if (is_sum(node)) {
      ask_for_all_inputs_if(sums_too && reaches && is_of_tensors(node), node);
    } else if (is_one_of(node, {"Concat"})) {
      ask_for_all_inputs_if(
          is_quantized && flow_.hands_on[node.id.index()], node);
    } else if (flow_.hands_on[node.id.index()]) {
      if (is_quantized) {
        ask_for(node.input(0));
      }
      reach_if(reaches, node.input(0));
    } else if (is_average(node)) {
      if (is_quantized) {
        ask_for(node.input(0));
      }
    } else if (is_one_of(node, {"Relu", "Clip"})) {
      reach_if(reaches, node.input(0));
    }
  }

  /// Two computed operands, one of which an integer runtime has in integers.
  [[nodiscard]] bool is_of_tensors(const Node& node) const {
    const auto is_tensor = [&](const auto& input) {
      return input && origin(*input) != Origin::Fixed;
    };
    const auto is_integer = [&](const auto& input) {
      return is_computed(input) && (near_layers_[input->index()] ||
                                    flow_.is_quantized[input->index()]);
    };
    return std::count_if(node.inputs.begin(), node.inputs.end(), is_tensor) >
               1 &&
           std::any_of(node.inputs.begin(), node.inputs.end(), is_integer);
  }

  void ask_for_all_inputs_if(bool condition, const Node& node) {
    if (!condition) {
      return;
    }
    for (const auto& input : node.inputs) {
      ask_for(input);
    }
  }

  void reach_if(bool condition, const std::optional<ValueId>& id) {
    if (condition && id) {
      reaches_[id->index()] = true;
    }
  }

  const Graph& graph_;
  std::vector<bool> depends_;
  std::vector<Origin> origins_;
  /// By value: a layer computed it, or nodes that follow it in integers.
  std::vector<bool> near_layers_;
  /// By value: it is quantized, or what Relu or Clip make of it.
  std::vector<bool> reaches_;
  QuantizedFlow flow_;
};

}  // namespace

QuantizedFlow find_quantized_flow(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options) {
  return Following(graph, layers, options).take();
}

}  // namespace ompq::detail
