// SPDX-License-Identifier: MIT
#include "ompq/engine/schedule.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/convolution.h"
#include "ompq/engine/differentiable_convolution.h"
#include "ompq/engine/linear_layer.h"
#include "ompq/engine/quantizer_chain.h"

namespace ompq {
namespace {

/// Builds the steps of one graph, in order.
class Scheduler {
 public:
  Scheduler(const Graph& graph, const NetworkOptions& options)
      : graph_(graph), options_(options) {
    schedule_.constants.resize(graph.values().size());
    if (options.fuse) {
      plan_chains();
    }
  }

  Schedule run() && {
    for (const Node& node : graph_.nodes()) {
      const auto chain = chain_ending_at_.find(node.id);
      const auto quantizer = quantizer_ending_at_.find(node.id);
      if (chain != chain_ending_at_.end()) {
        schedule_.steps.push_back(chain_step(chain->second));
      } else if (quantizer != quantizer_ending_at_.end()) {
        schedule_.steps.push_back(quantizer_step(quantizer->second));
      } else if (!merged_.contains(node.id)) {
        add_node(node);
      }
    }
    mark_completed_taps();
    mark_dead_values();
    return std::move(schedule_);
  }

 private:
  void plan_chains() {
    const std::unordered_set<ValueId> kept(
        options_.taps.begin(), options_.taps.end());
    for (FusedChain& chain : find_fused_chains(graph_, kept)) {
      merged_.insert(chain.convolution);
      if (chain.add.has_value()) {
        merged_.insert(*chain.add);
      }
      if (chain.activation.has_value()) {
        merged_.insert(*chain.activation);
      }
      chain_ending_at_.emplace(chain.last_node(), std::move(chain));
    }
    if (options_.is_differentiable()) {
      return;
    }
    for (QuantizerChain& chain : find_quantizer_chains(graph_, kept, merged_)) {
      merged_.insert(chain.nodes.begin(), chain.nodes.end());
      const NodeId last = chain.nodes.back();
      quantizer_ending_at_.emplace(last, std::move(chain));
    }
  }

  [[nodiscard]] Step chain_step(const FusedChain& chain) const {
    Step step;
    step.run = operator_of(chain);
    step.inputs = {graph_.node(chain.convolution).inputs.front()};
    if (chain.residual.has_value()) {
      step.inputs.push_back(chain.residual);
    }
    step.outputs = {chain.output};
    return step;
  }

  [[nodiscard]] Operator operator_of(const FusedChain& chain) const {
    const Node& node = graph_.node(chain.convolution);
    const bool has_residual = chain.residual.has_value();
    if (options_.is_differentiable()) {
      return DifferentiableConvolution(
          graph_, node, chain.range, has_residual, report_of(chain));
    }
    const auto convolution = std::make_shared<const FusedConvolution>(
        graph_, node, chain.range, has_residual);
    return
        [convolution](const Tensors& inputs) { return (*convolution)(inputs); };
  }

  /// Reports the gradient before a chain's activation as that of every value
  /// there that is wanted.
  [[nodiscard]] DifferentiableConvolution::Report report_of(
      const FusedChain& chain) const {
    std::vector<std::size_t> taps;
    for (std::size_t tap = 0; tap < options_.gradient_taps.size(); ++tap) {
      const std::optional<NodeId> producer =
          graph_.value(options_.gradient_taps[tap]).producer;
      if (producer.has_value() &&
          (producer == chain.convolution || producer == chain.add) &&
          options_.gradient_taps[tap] != chain.output) {
        taps.push_back(tap);
      }
    }
    if (taps.empty()) {
      return {};
    }
    return [taps, report = options_.on_gradient](const at::Tensor& gradient) {
      for (const std::size_t tap : taps) {
        report(tap, gradient);
      }
    };
  }

  [[nodiscard]] static Step quantizer_step(const QuantizerChain& chain) {
    Step step;
    step.run = [settings = chain.settings](const Tensors& inputs) -> Tensors {
      return {fake_quantize_tensor(settings, inputs[0], false)};
    };
    step.inputs = {chain.input};
    step.outputs = {chain.output};
    step.in_place = Step::InPlace::Quantize;
    step.quantizer = chain.settings;
    return step;
  }

  /// The operator of a node: by oneDNN where that is faster, without gradients.
  [[nodiscard]] Operator operator_of(const Node& node) const {
    if (options_.is_differentiable() || !PackedLinear::accepts(graph_, node)) {
      return make_operator(node, graph_);
    }
    const auto layer = std::make_shared<const PackedLinear>(graph_, node);
    return [layer](const Tensors& inputs) { return (*layer)(inputs); };
  }

  void add_node(const Node& node) {
    Step step;
    step.run = operator_of(node);
    step.inputs = node.inputs;
    step.outputs = node.outputs;
    for (const auto& input : node.inputs) {
      if (input.has_value()) {
        load_constant(*input);
      }
    }
    if (reads_constants_only(step)) {
      fold(step);
      return;
    }
    const auto range = clamp_range(graph_, node);
    if (range.has_value()) {
      step.in_place = Step::InPlace::Clamp;
      step.range = *range;
    } else if (is_plain_addition(node)) {
      step.in_place = Step::InPlace::Add;
    }
    schedule_.steps.push_back(std::move(step));
  }

  void load_constant(ValueId id) {
    const Value& value = graph_.value(id);
    at::Tensor& slot = schedule_.constants[id.index()];
    if (value.constant.has_value() && !slot.defined()) {
      slot = to_tensor(*value.constant);
    }
  }

  [[nodiscard]] bool reads_constants_only(const Step& step) const {
    return std::all_of(
        step.inputs.begin(), step.inputs.end(), [&](const auto& input) {
          return !input.has_value() ||
                 schedule_.constants[input->index()].defined();
        });
  }

  void fold(const Step& step) {
    const Tensors results = step.run(gather_constants(step));
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      if (step.outputs[i].has_value() && i < results.size()) {
        schedule_.constants[step.outputs[i]->index()] = results[i];
      }
    }
  }

  [[nodiscard]] Tensors gather_constants(const Step& step) const {
    Tensors inputs;
    for (const auto& input : step.inputs) {
      inputs.push_back(
          input.has_value() ? schedule_.constants[input->index()]
                            : at::Tensor());
    }
    return inputs;
  }

  /// An Add of two computed values of one shape.
  [[nodiscard]] bool is_plain_addition(const Node& node) const {
    if (node.op_type != "Add" || !node.domain.empty() ||
        node.inputs.size() != 2 || node.inputs[0] == node.inputs[1]) {
      return false;
    }
    const Value& left = graph_.value(*node.inputs[0]);
    const Value& right = graph_.value(*node.inputs[1]);
    return left.shape.has_value() && left.shape == right.shape &&
           left.type == DataType::Float32;
  }

  void mark_completed_taps() {
    std::unordered_map<ValueId, std::size_t> producer;
    for (std::size_t i = 0; i < schedule_.steps.size(); ++i) {
      for (const auto& output : schedule_.steps[i].outputs) {
        if (output.has_value()) {
          producer.emplace(*output, i);
        }
      }
    }
    const auto mark = [&](const std::vector<ValueId>& taps, auto member) {
      for (std::size_t tap = 0; tap < taps.size(); ++tap) {
        const auto step = producer.find(taps[tap]);
        if (step != producer.end()) {
          (schedule_.steps[step->second].*member).push_back(tap);
        }
      }
    };
    mark(options_.taps, &Step::completed_taps);
    mark(options_.gradient_taps, &Step::gradient_taps);
  }

  void mark_dead_values() {
    std::unordered_set<ValueId> needed(
        graph_.outputs().begin(), graph_.outputs().end());
    for (auto step = schedule_.steps.rbegin(); step != schedule_.steps.rend();
         ++step) {
      for (const auto* side : {&step->inputs, &step->outputs}) {
        for (const auto& id : *side) {
          const bool is_last_use =
              id.has_value() && !schedule_.constants[id->index()].defined() &&
              needed.insert(*id).second;
          if (is_last_use) {
            step->dead.push_back(*id);
          }
        }
      }
    }
  }

  const Graph& graph_;
  const NetworkOptions& options_;
  std::unordered_set<NodeId> merged_;
  std::unordered_map<NodeId, FusedChain> chain_ending_at_;
  std::unordered_map<NodeId, QuantizerChain> quantizer_ending_at_;
  Schedule schedule_;
};

}  // namespace

Schedule make_schedule(const Graph& graph, const NetworkOptions& options) {
  return Scheduler(graph, options).run();
}

}  // namespace ompq
