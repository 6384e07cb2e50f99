// SPDX-License-Identifier: MIT
// Networks for tests of topology, a line a node.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {

/// Builds a graph whose values are named like the nodes that compute them.
/// Inputs are [1, 8, 8, 8] float32.
class Sketch {
 public:
  Sketch() : builder_("sketch") {}

  Sketch& input(const std::string& name, Shape shape = {1, 8, 8, 8}) {
    std::vector<Dimension> dimensions;
    for (const std::int64_t size : shape) {
      dimensions.push_back({.size = size, .symbol = {}});
    }
    builder_.add_input(name, DataType::Float32, dimensions);
    return *this;
  }

  Sketch& constant(const std::string& name, Constant constant) {
    builder_.add_constant(name, std::move(constant));
    return *this;
  }

  /// A node that is no layer.
  Sketch& node(
      const std::string& op_type,
      const std::string& name,
      std::vector<std::string> inputs,
      std::map<std::string, Attribute> attributes = {}) {
    builder_.add_node(
        {.name = name,
         .domain = {},
         .op_type = op_type,
         .inputs = std::move(inputs),
         .outputs = {name},
         .attributes = std::move(attributes)});
    return *this;
  }

  /// A convolution that keeps height and width.
  /// @param weight  [O, I/G, K, K]
  Sketch& conv(
      const std::string& name,
      const std::string& input,
      const Shape& weight = {8, 8, 1, 1},
      std::int64_t group = 1) {
    builder_.add_constant(name + ".weight", zeros(weight));
    const std::int64_t pad = weight[2] / 2;
    return node(
        "Conv",
        name,
        {input, name + ".weight"},
        {{"group", group},
         {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}}});
  }

  Sketch& depthwise(
      const std::string& name,
      const std::string& input,
      std::int64_t channels = 8) {
    return conv(name, input, {channels, 1, 3, 3}, channels);
  }

  /// A product with a constant matrix.
  Sketch& matmul(
      const std::string& name,
      const std::string& input,
      const Shape& weight = {8, 8}) {
    builder_.add_constant(name + ".weight", zeros(weight));
    return node("MatMul", name, {input, name + ".weight"});
  }

  Sketch& output(const std::string& name) {
    builder_.add_output(name);
    return *this;
  }

  /// The graph with shapes.
  Graph build() { return infer_shapes(std::move(builder_).build()); }

  static Constant zeros(const Shape& shape) {
    return Constant::from<float>(
        std::vector<float>(static_cast<std::size_t>(element_count(shape))),
        shape);
  }
  static Constant integers(const std::vector<std::int64_t>& elements) {
    return Constant::from<std::int64_t>(
        elements, {static_cast<std::int64_t>(elements.size())});
  }

 private:
  GraphBuilder builder_;
};

}  // namespace ompq
