// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/graph/plain_network.h"

namespace ompq {

inline const std::vector<std::int64_t> kPadOne{1, 1, 1, 1};

/// A network of layers with random weights whose channels differ in range by
/// powers of ten. Its input "x" is [batch, 4, 6, 5]. A node is named after its
/// output, "y_node".
class LayeredNetwork {
 public:
  explicit LayeredNetwork(unsigned seed = 3) : random_(seed) {
    std::vector<Dimension> dimensions{{.size = -1, .symbol = "batch"}};
    for (const std::int64_t size : {4, 6, 5}) {
      dimensions.push_back({.size = size, .symbol = {}});
    }
    builder_.add_input("x", DataType::Float32, dimensions);
  }

  void layer(
      const std::string& op,
      const std::string& from,
      const std::string& to,
      const Shape& weight,
      const std::map<std::string, Attribute>& attributes = {},
      std::int64_t bias = 0) {
    builder_.add_constant(to + "_weight", uneven_weight(weight));
    std::vector<std::string> inputs{from, to + "_weight"};
    if (bias > 0) {
      builder_.add_constant(to + "_bias", random_.tensor({bias}, -1.0F, 1.0F));
      inputs.push_back(to + "_bias");
    }
    add(op, inputs, to, attributes);
  }

  void relu6(const std::string& from, const std::string& to) {
    number(to + "_low", 0.0F);
    number(to + "_high", 6.0F);
    add("Clip", {from, to + "_low", to + "_high"}, to);
  }

  void number(const std::string& name, float number) {
    builder_.add_constant(name, Constant::scalar(number));
  }

  void constant(const std::string& name, Constant constant) {
    builder_.add_constant(name, std::move(constant));
  }

  void add(
      const std::string& op,
      const std::vector<std::string>& inputs,
      const std::string& output,
      const std::map<std::string, Attribute>& attributes = {}) {
    builder_.add_node({output + "_node", "", op, inputs, {output}, attributes});
  }

  Graph finish(const std::vector<std::string>& outputs = {"y"}) {
    for (const std::string& output : outputs) {
      builder_.add_output(output);
    }
    return infer_shapes(std::move(builder_).build());
  }

  /// Rows and columns of the weight matrix are multiplied by 10^-1 to 10^1;
  /// one row in seven is zero.
  Constant uneven_weight(const Shape& shape) {
    const Constant plain = random_.tensor(shape, -1.0F, 1.0F);
    const Constant rows = random_.tensor({shape[0]}, -1.0F, 1.0F);
    const Constant columns = random_.tensor({shape[1]}, -1.0F, 1.0F);
    std::vector<float> elements(
        plain.elements<float>().begin(), plain.elements<float>().end());
    const std::size_t inner =
        elements.size() / static_cast<std::size_t>(shape[0] * shape[1]);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::size_t row = i / inner / static_cast<std::size_t>(shape[1]);
      const std::size_t column = i / inner % static_cast<std::size_t>(shape[1]);
      elements[i] *= row % 7 == 6 ? 0.0F
                                  : std::pow(
                                        10.0F,
                                        rows.elements<float>()[row] +
                                            columns.elements<float>()[column]);
    }
    return Constant::from<float>(elements, shape);
  }

 private:
  RandomTensors random_;
  GraphBuilder builder_;
};

}  // namespace ompq
