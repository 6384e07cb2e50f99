// SPDX-License-Identifier: MIT
#include "ompq/graph/units.h"

#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/branch_order.h"
#include "ompq/graph/join_pieces.h"
#include "ompq/graph/unit_cuts.h"
#include "ompq/graph/unit_pieces.h"

namespace ompq {
namespace {

Unit make_unit(
    const Graph& graph, const LayerTable& layers, detail::Piece piece) {
  return {
      .name = piece.layers.empty() ? graph.node(piece.nodes.front()).name
                                   : layers[piece.layers.front().index()].name,
      .nodes = std::move(piece.nodes),
      .inputs = std::move(piece.inputs),
      .outputs = std::move(piece.outputs),
      .layers = std::move(piece.layers)};
}

}  // namespace

std::vector<Unit> find_units(
    const Graph& graph, const LayerTable& layers, const UnitOptions& options) {
  OMPQ_CHECK(
      options.max_layers > 0,
      ErrorCode::InvalidArgument,
      "[find_units] max_layers is {}; a unit holds at least 1 layer",
      options.max_layers);
  const int max_layers = options.single_layers ? 1 : options.max_layers;
  std::vector<detail::Piece> pieces;
  for (std::vector<NodeId>& nodes : detail::cut_into_pieces(
           graph, layers, detail::branch_order(graph), max_layers)) {
    pieces.push_back(detail::make_piece(graph, layers, std::move(nodes)));
  }
  pieces = detail::join_pieces(graph, layers, std::move(pieces), max_layers);
  std::vector<Unit> units;
  for (detail::Piece& piece :
       detail::in_running_order(graph, std::move(pieces))) {
    units.push_back(make_unit(graph, layers, std::move(piece)));
  }
  return units;
}

}  // namespace ompq
