// SPDX-License-Identifier: MIT
#include "ompq/graph/number_keeping.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace ompq::detail {
namespace {

constexpr std::array<std::string_view, 22> kKeeping{
    "DepthToSpace", "Dropout",         "Expand",    "Flatten",
    "Gather",       "GatherElements",  "GatherND",  "GlobalMaxPool",
    "Identity",     "MaxPool",         "ReduceMax", "ReduceMin",
    "Reshape",      "ReverseSequence", "Slice",     "SpaceToDepth",
    "Split",        "Squeeze",         "Tile",      "Transpose",
    "Trilu",        "Unsqueeze"};

/// Pad brings a number of its own only in mode `constant`.
bool pads_with_zeros_or_copies(const Graph& graph, const Node& node) {
  if (node.text("mode", "constant") != "constant" || !node.input(2)) {
    return true;
  }
  const Constant* number = graph.constant_input(node, 2);
  if (number == nullptr) {
    return false;
  }
  const std::vector<double> elements = number->to_double();
  return std::all_of(elements.begin(), elements.end(), [](double element) {
    return element == 0.0;
  });
}

}  // namespace

bool keeps_numbers(const Graph& graph, const Node& node) {
  if (!node.domain.empty()) {
    return false;
  }
  if (node.op_type == "Pad") {
    return pads_with_zeros_or_copies(graph, node);
  }
  if (node.op_type == "Resize") {
    return node.text("mode", "nearest") == "nearest" &&
           node.text("coordinate_transformation_mode", "half_pixel") !=
               "tf_crop_and_resize";
  }
  return std::find(kKeeping.begin(), kKeeping.end(), node.op_type) !=
         kKeeping.end();
}

}  // namespace ompq::detail
