// SPDX-License-Identifier: MIT
#include "ompq/graph/join_pieces.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace ompq::detail {
namespace {

enum class Kind { Pointwise, Depthwise, Other };

/// The kind of a layer by itself.
Kind kind_of(const Graph& graph, const Layer& layer) {
  const auto& shape = layer.weight_shape;
  if (layer.kind != LayerKind::Conv || shape.size() < 3) {
    return Kind::Other;
  }
  const std::int64_t group = graph.node(layer.node).integer("group", 1);
  if (shape[1] == 1 && (group > 1 || shape[0] == 1)) {
    return Kind::Depthwise;
  }
  return std::all_of(
             shape.begin() + 2, shape.end(), [](auto n) { return n == 1; })
             ? Kind::Pointwise
             : Kind::Other;
}

/// Pieces that are joined step by step; those that are used up stay, empty.
class Joining {
 public:
  Joining(
      const Graph& graph,
      const LayerTable& layers,
      std::vector<Piece> pieces,
      int max_layers)
      : graph_(graph),
        layers_(layers),
        max_layers_(static_cast<std::size_t>(max_layers)),
        pieces_(std::move(pieces)) {
    owner_.assign(graph.nodes().size(), 0);
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      own(i);
      kinds_.push_back(
          pieces_[i].layers.size() == 1
              ? kind_of(graph, layers[pieces_[i].layers.front().index()])
              : Kind::Other);
    }
  }

  void join_gates() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const auto before = linked_before(i);
      if (before && is_gate(i)) {
        join(*before, i);
      }
    }
  }

  void join_depthwise() {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (kinds_[i] != Kind::Pointwise) {
        continue;
      }
      const auto before = linked_before(i);
      const auto after = linked_after(i);
      const bool may_before = before && kinds_[*before] == Kind::Depthwise;
      const bool may_after = after && kinds_[*after] == Kind::Depthwise;
      const bool prefers_after =
          !may_before ||
          (pieces_[i].nodes.size() == 1 && pieces_[*before].nodes.size() > 1);
      if (may_after && prefers_after) {
        pairs.emplace_back(i, *after);
      } else if (may_before) {
        pairs.emplace_back(*before, i);
      }
    }
    for (const auto& [first, second] : pairs) {
      // An earlier pair may have used up one of them.
      const std::size_t a = owner_of(first);
      const std::size_t b = owner_of(second);
      if (a != b) {
        join(a, b);
      }
    }
  }

  void join_squeezes() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const auto after = linked_after(i);
      if (after && kinds_[i] == Kind::Pointwise && is_squeeze(i, *after)) {
        join(i, *after);
      }
    }
  }

  std::vector<Piece> take() {
    std::erase_if(
        pieces_, [](const Piece& piece) { return piece.nodes.empty(); });
    return std::move(pieces_);
  }

 private:
  void own(std::size_t piece) {
    for (const NodeId node : pieces_[piece].nodes) {
      owner_[node.index()] = piece;
    }
  }

  /// The piece that now has the first node piece `i` had at the beginning.
  [[nodiscard]] std::size_t owner_of(std::size_t i) const {
    while (joined_into_.size() > i && joined_into_[i]) {
      i = *joined_into_[i];
    }
    return i;
  }

  /// The piece whose only output is the only input of piece `i`, if no other
  /// piece reads it.
  [[nodiscard]] std::optional<std::size_t> linked_before(std::size_t i) const {
    if (pieces_[i].inputs.size() != 1) {
      return std::nullopt;
    }
    const Value& value = graph_.value(pieces_[i].inputs.front());
    if (!value.producer) {
      return std::nullopt;
    }
    const std::size_t before = owner_[value.producer->index()];
    return linked_after(before) == i ? std::optional(before) : std::nullopt;
  }

  /// The only piece that reads piece `i`, if a single value links them and it
  /// reads nothing else.
  [[nodiscard]] std::optional<std::size_t> linked_after(std::size_t i) const {
    if (pieces_[i].outputs.size() != 1 ||
        graph_.is_output(pieces_[i].outputs.front())) {
      return std::nullopt;
    }
    const auto& readers = graph_.value(pieces_[i].outputs.front()).consumers;
    const std::size_t after = owner_[readers.front().index()];
    const bool alone =
        pieces_[after].inputs.size() == 1 &&
        std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
          return owner_[reader.index()] == after;
        });
    return alone ? std::optional(after) : std::nullopt;
  }

  /// A product of the piece's input with what its layers compute from it, and
  /// no layer after that.
  [[nodiscard]] bool is_gate(std::size_t i) const {
    const Piece& piece = pieces_[i];
    const auto& readers = graph_.value(piece.inputs.front()).consumers;
    return readers.size() > 1 && !piece.layers.empty() &&
           std::any_of(readers.begin(), readers.end(), [&](NodeId reader) {
             return graph_.node(reader).op_type == "Mul" &&
                    layers_[piece.layers.back().index()].node < reader;
           });
  }

  /// A narrowing convolution `i` before piece `after`, all of whose branches
  /// begin with a layer.
  [[nodiscard]] bool is_squeeze(std::size_t i, std::size_t after) const {
    const Layer& layer = layers_[pieces_[i].layers.front().index()];
    const std::int64_t group = graph_.node(layer.node).integer("group", 1);
    const auto& readers = graph_.value(pieces_[after].inputs.front()).consumers;
    return layer.output_channels < layer.weight_shape[1] * group &&
           readers.size() > 1 &&
           std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
             return std::any_of(
                 pieces_[after].layers.begin(),
                 pieces_[after].layers.end(),
                 [&](LayerId id) {
                   return layers_[id.index()].node == reader;
                 });
           });
  }

  /// Moves piece `second` into piece `first`, unless that gets too large.
  void join(std::size_t first, std::size_t second) {
    Piece& into = pieces_[first];
    Piece& from = pieces_[second];
    if (into.layers.size() + from.layers.size() > max_layers_) {
      return;
    }
    std::vector<NodeId> nodes = std::move(into.nodes);
    nodes.insert(nodes.end(), from.nodes.begin(), from.nodes.end());
    into = make_piece(graph_, layers_, std::move(nodes));
    from = Piece{};
    own(first);
    joined_into_.resize(pieces_.size());
    joined_into_[second] = first;
  }

  const Graph& graph_;
  const LayerTable& layers_;
  std::size_t max_layers_;
  std::vector<Piece> pieces_;
  std::vector<Kind> kinds_;
  std::vector<std::size_t> owner_;
  std::vector<std::optional<std::size_t>> joined_into_;
};

}  // namespace

std::vector<Piece> join_pieces(
    const Graph& graph,
    const LayerTable& layers,
    std::vector<Piece> pieces,
    int max_layers) {
  Joining joining(graph, layers, std::move(pieces), max_layers);
  joining.join_gates();
  joining.join_depthwise();
  joining.join_squeezes();
  return joining.take();
}

}  // namespace ompq::detail
