// SPDX-License-Identifier: MIT
#include "ompq/graph/unit_cuts.h"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <string_view>

namespace ompq::detail {
namespace {

/// True if every dimension after the channels is known to be 1.
bool has_one_position(const Value& value) {
  return value.shape.has_value() && value.shape->size() > 2 &&
         std::all_of(
             value.shape->begin() + 2,
             value.shape->end(),
             [](const Dimension& dimension) { return dimension.size == 1; });
}

/// True for pooling over all positions. What it leaves says little of what
/// stood before it, so it is better compared before than after.
bool is_global_pooling(const Graph& graph, const Node& node) {
  constexpr std::array<std::string_view, 4> kReductions{
      "ReduceMean", "ReduceMax", "ReduceSum", "ReduceL2"};
  if (node.op_type == "GlobalAveragePool" || node.op_type == "GlobalMaxPool") {
    return true;
  }
  if (node.op_type == "AveragePool" || node.op_type == "MaxPool") {
    return has_one_position(graph.value(*node.outputs.front())) &&
           !has_one_position(graph.value(*node.input(0)));
  }
  // The mean of a normalization is no pooling: the difference to it is taken.
  return std::find(kReductions.begin(), kReductions.end(), node.op_type) !=
             kReductions.end() &&
         graph.value(*node.input(0)).consumers.size() == 1;
}

/// What a way to cut the first nodes costs; less is better.
struct Cost {
  std::int64_t crossings = 0;
  std::int64_t minus_pieces = 0;
  std::int64_t misplaced = 0;

  auto operator<=>(const Cost&) const = default;
};

/// Positions in the order, and what is known of each.
class Places {
 public:
  Places(
      const Graph& graph,
      const LayerTable& layers,
      const std::vector<NodeId>& order)
      : graph_(graph), order_(order) {
    const std::size_t n = order.size();
    std::vector<bool> is_layer(n, false);
    for (const Layer& layer : layers) {
      is_layer[layer.node.index()] = true;
    }
    layers_before_.assign(n + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      layers_before_[i + 1] =
          layers_before_[i] + (is_layer[order[i].index()] ? 1 : 0);
    }
    find_last_uses();
    find_misplacements();
  }

  [[nodiscard]] const Node& node(std::size_t place) const {
    return graph_.node(order_[place]);
  }
  [[nodiscard]] int layers(std::size_t begin, std::size_t end) const {
    return layers_before_[end] - layers_before_[begin];
  }
  /// Last place that reads the value; the end if it is an output.
  [[nodiscard]] std::size_t last_use(ValueId id) const {
    return last_use_[id.index()];
  }
  /// Nodes on the wrong side of a cut before `place`.
  [[nodiscard]] std::int64_t misplaced(std::size_t place) const {
    return misplaced_[place];
  }

 private:
  void find_last_uses() {
    last_use_.assign(graph_.values().size(), 0);
    for (std::size_t i = 0; i < order_.size(); ++i) {
      for (const auto& input : node(i).inputs) {
        if (input) {
          last_use_[input->index()] = i;
        }
      }
    }
    for (const ValueId output : graph_.outputs()) {
      last_use_[output.index()] = order_.size();
    }
  }

  void find_misplacements() {
    misplaced_.assign(order_.size() + 1, 0);
    std::size_t begin = 0;
    while (begin < order_.size()) {
      // A run of nodes between two layers.
      std::size_t end = begin;
      std::optional<std::size_t> best;
      for (; end < order_.size() && layers(end, end + 1) == 0; ++end) {
        if (!best && is_global_pooling(graph_, node(end))) {
          best = end;
        }
      }
      for (std::size_t place = begin; place <= end; ++place) {
        const std::size_t to = best.value_or(end);
        misplaced_[place] =
            static_cast<std::int64_t>(place > to ? place - to : to - place);
      }
      begin = end + 1;
    }
  }

  const Graph& graph_;
  const std::vector<NodeId>& order_;
  std::vector<int> layers_before_;
  std::vector<std::size_t> last_use_;
  std::vector<std::int64_t> misplaced_;
};

/// Counts the values that enter and leave a piece that grows to the front.
class PieceBoundary {
 public:
  PieceBoundary(const Graph& graph, const Places& places)
      : graph_(graph), places_(places), enters_(graph.values().size(), 0) {}

  /// Starts an empty piece in front of `end`.
  void start(std::size_t end) {
    end_ = end;
    inputs_ = 0;
    outputs_ = 0;
  }

  void take_in(const Node& node) {
    // Marks of earlier pieces are those of another end.
    for (const auto& output : node.outputs) {
      if (!output) {
        continue;
      }
      if (enters_[output->index()] == end_) {
        enters_[output->index()] = 0;
        --inputs_;
      }
      outputs_ += places_.last_use(*output) >= end_ ? 1 : 0;
    }
    for (const auto& input : node.inputs) {
      if (input && !graph_.value(*input).constant &&
          enters_[input->index()] != end_) {
        enters_[input->index()] = end_;
        ++inputs_;
      }
    }
  }

  [[nodiscard]] std::int64_t crossings() const {
    return std::max<std::int64_t>(0, inputs_ - 1) +
           std::max<std::int64_t>(0, outputs_ - 1);
  }

 private:
  const Graph& graph_;
  const Places& places_;
  /// For each value the end of the piece that it enters; ends are not 0.
  std::vector<std::size_t> enters_;
  std::size_t end_ = 0;
  std::int64_t inputs_ = 0;
  std::int64_t outputs_ = 0;
};

/// For each place the begin of the last piece of the best cuts before it.
std::vector<std::size_t> best_begins(
    const Graph& graph, const Places& places, std::size_t n, int max_layers) {
  std::vector<std::optional<Cost>> best(n + 1);
  std::vector<std::size_t> begins(n + 1, 0);
  best[0] = Cost{};
  PieceBoundary boundary(graph, places);
  for (std::size_t end = 1; end <= n; ++end) {
    boundary.start(end);
    for (std::size_t begin = end; begin-- > 0;) {
      if (places.layers(begin, end) > max_layers) {
        break;
      }
      boundary.take_in(places.node(begin));
      if (!best[begin] || places.layers(begin, end) == 0) {
        continue;
      }
      const Cost cost{
          .crossings = best[begin]->crossings + boundary.crossings(),
          .minus_pieces = best[begin]->minus_pieces - 1,
          .misplaced = best[begin]->misplaced + places.misplaced(begin)};
      if (!best[end] || cost < *best[end]) {
        best[end] = cost;
        begins[end] = begin;
      }
    }
  }
  return begins;
}

}  // namespace

std::vector<std::vector<NodeId>> cut_into_pieces(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<NodeId>& order,
    int max_layers) {
  const Places places(graph, layers, order);
  const std::vector<std::size_t> begins =
      best_begins(graph, places, order.size(), max_layers);
  std::vector<std::vector<NodeId>> pieces;
  for (std::size_t end = order.size(); end > 0; end = begins[end]) {
    pieces.emplace_back(
        order.begin() + static_cast<std::ptrdiff_t>(begins[end]),
        order.begin() + static_cast<std::ptrdiff_t>(end));
  }
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

}  // namespace ompq::detail
