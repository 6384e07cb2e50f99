// SPDX-License-Identifier: MIT
#include "ompq/graph/live_tensors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

constexpr std::array<std::string_view, 6> kRenaming{
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"};
constexpr std::array<std::string_view, 14> kInPlace{
    "Relu",
    "Clip",
    "LeakyRelu",
    "PRelu",
    "Elu",
    "Selu",
    "Celu",
    "Gelu",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Tanh",
    "Softplus",
    "Mish"};

bool is_one_of(const auto& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The input whose memory the node's result takes.
std::optional<ValueId> shared_input(const Graph& graph, const Node& node) {
  const std::optional<ValueId> input = node.input(0);
  if (!input || graph.value(*input).constant) {
    return std::nullopt;
  }
  const Value& value = graph.value(*input);
  const bool is_own = value.producer.has_value() &&
                      value.consumers.size() == 1 && !graph.is_output(*input);
  const bool is_shared = is_one_of(kRenaming, node.op_type) ||
                         (is_own && is_one_of(kInPlace, node.op_type));
  return is_shared ? input : std::nullopt;
}

class LifeTimes {
 public:
  explicit LifeTimes(const Graph& graph)
      : graph_(graph), buffer_of_(graph.values().size()) {
    for (const ValueId input : graph.inputs()) {
      start(input, 0);
    }
    for (std::size_t t = 0; t < graph.nodes().size(); ++t) {
      visit(graph.nodes()[t], t);
    }
    for (const ValueId output : graph.outputs()) {
      read(output, graph.nodes().size());
    }
  }

  [[nodiscard]] LiveTensors result() && {
    LiveTensors live{.buffers = std::move(buffers_), .moments = {}};
    for (std::size_t t = 0; t < graph_.nodes().size(); ++t) {
      LiveMoment& moment =
          live.moments.emplace_back(LiveMoment{graph_.nodes()[t].id, {}});
      for (std::size_t i = 0; i < live.buffers.size(); ++i) {
        if (spans_[i].first <= t && t <= spans_[i].last) {
          moment.buffers.push_back(i);
        }
      }
    }
    return live;
  }

 private:
  /// Positions of nodes, both included.
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  void visit(const Node& node, std::size_t time) {
    for (const std::optional<ValueId>& input : node.inputs) {
      if (input) {
        read(*input, time);
      }
    }
    const std::optional<ValueId> shared = shared_input(graph_, node);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (!node.outputs[i]) {
        continue;
      }
      const ValueId output = *node.outputs[i];
      if (i == 0 && shared && buffer_of_[shared->index()]) {
        join(output, *buffer_of_[shared->index()]);
      } else {
        start(output, time);
      }
    }
  }

  void start(ValueId value, std::size_t time) {
    buffers_.emplace_back();
    spans_.push_back({.first = time, .last = time});
    join(value, buffers_.size() - 1);
  }

  void join(ValueId value, std::size_t buffer) {
    buffer_of_[value.index()] = buffer;
    Buffer& own = buffers_[buffer];
    own.values.push_back(value);
    if (const auto shape = shape_at_batch(graph_.value(value))) {
      own.elements = std::max(own.elements, element_count(*shape));
    }
  }

  void read(ValueId value, std::size_t time) {
    if (const auto buffer = buffer_of_[value.index()]) {
      spans_[*buffer].last = std::max(spans_[*buffer].last, time);
    }
  }

  const Graph& graph_;
  std::vector<std::optional<std::size_t>> buffer_of_;
  std::vector<Buffer> buffers_;
  std::vector<Span> spans_;
};

}  // namespace

LiveTensors find_live_tensors(const Graph& graph) {
  return LifeTimes(graph).result();
}

}  // namespace ompq
