// SPDX-License-Identifier: MIT
// Runs small networks by the definition of their operators: slow, obvious,
// and independent of the library.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ompq/graph/graph.h"

namespace ompq {

/// Random tensors of float32.
class RandomTensors {
 public:
  explicit RandomTensors(unsigned seed) : random_(seed) {}

  Constant tensor(const Shape& shape, float low, float high) {
    std::vector<float> elements(static_cast<std::size_t>(element_count(shape)));
    for (float& element : elements) {
      element =
          low + (high - low) * std::uniform_real_distribution<float>()(random_);
    }
    return Constant::from<float>(elements, shape);
  }

 private:
  std::mt19937 random_;
};

/// A tensor of float64 with four axes; missing ones are of size 1.
struct Plain {
  Shape shape;
  std::vector<double> elements;

  explicit Plain(Shape sizes)
      : shape(std::move(sizes)),
        elements(static_cast<std::size_t>(element_count(shape))) {}
  explicit Plain(const Constant& constant)
      : shape(constant.shape()), elements(constant.to_double()) {
    shape.resize(4, 1);
  }

  double& at(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
    return elements.at(static_cast<std::size_t>(
        ((n * shape[1] + c) * shape[2] + h) * shape[3] + w));
  }
  bool inside(std::int64_t h, std::int64_t w) const {
    return h >= 0 && w >= 0 && h < shape[2] && w < shape[3];
  }
};

inline double largest_difference(const Plain& a, const Plain& b) {
  double largest = a.elements.size() == b.elements.size() ? 0.0 : 1e30;
  for (std::size_t i = 0; i < a.elements.size() && largest < 1e30; ++i) {
    largest = std::max(largest, std::abs(a.elements[i] - b.elements[i]));
  }
  return largest;
}

/// Calls `visit(n, c, h, w)` for every element of a tensor.
template <typename Visitor>
void for_each_element(const Plain& tensor, Visitor visit) {
  const Shape& s = tensor.shape;
  for (std::int64_t n = 0; n < s[0]; ++n) {
    for (std::int64_t c = 0; c < s[1]; ++c) {
      for (std::int64_t h = 0; h < s[2]; ++h) {
        for (std::int64_t w = 0; w < s[3]; ++w) {
          visit(n, c, h, w);
        }
      }
    }
  }
}

inline Plain plain_conv(
    const Node& node, Plain input, Plain weight, Plain output) {
  const std::int64_t group = node.integer("group", 1);
  const auto strides = node.integers("strides", {1, 1});
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  const std::int64_t per_group = weight.shape[0] / group;
  for_each_element(output, [&](auto n, auto o, auto h, auto w) {
    for_each_element(weight, [&](auto wo, auto c, auto kh, auto kw) {
      const std::int64_t y = h * strides[0] + kh - pads[0];
      const std::int64_t x = w * strides[1] + kw - pads[1];
      if (wo == o && input.inside(y, x)) {
        output.at(n, o, h, w) +=
            weight.at(o, c, kh, kw) *
            input.at(n, o / per_group * weight.shape[1] + c, y, x);
      }
    });
  });
  return output;
}

inline Plain plain_conv_transpose(
    const Node& node, Plain input, Plain weight, Plain output) {
  const std::int64_t group = node.integer("group", 1);
  const auto strides = node.integers("strides", {1, 1});
  const std::int64_t per_group = input.shape[1] / group;
  for_each_element(input, [&](auto n, auto i, auto h, auto w) {
    for_each_element(weight, [&](auto wi, auto o, auto kh, auto kw) {
      if (wi == i) {
        output.at(
            n,
            i / per_group * weight.shape[1] + o,
            h * strides[0] + kh,
            w * strides[1] + kw) +=
            weight.at(i, o, kh, kw) * input.at(n, i, h, w);
      }
    });
  });
  return output;
}

inline Plain plain_gemm(
    const Node& node, Plain input, Plain weight, Plain output) {
  const bool transposed = node.integer("transB", 0) != 0;
  for_each_element(output, [&](auto n, auto o, auto, auto) {
    for (std::int64_t k = 0; k < input.shape[1]; ++k) {
      output.at(n, o, 0, 0) +=
          static_cast<double>(node.real("alpha", 1.0F)) * input.at(n, k, 0, 0) *
          (transposed ? weight.at(o, k, 0, 0) : weight.at(k, o, 0, 0));
    }
  });
  return output;
}

inline Plain plain_norm(
    const Node& node, Plain output, const std::vector<Plain>& parameters) {
  const auto epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
  for_each_element(output, [&](auto n, auto c, auto h, auto w) {
    const auto i = static_cast<std::size_t>(c);
    double& element = output.at(n, c, h, w);
    element = parameters[1].elements[i] *
                  (element - parameters[3].elements[i]) /
                  std::sqrt(parameters[4].elements[i] + epsilon) +
              parameters[2].elements[i];
  });
  return output;
}

inline Plain plain_pad(
    const Node& node, Plain input, const Plain& pads, Plain output) {
  const bool reflects = node.text("mode", "constant") == "reflect";
  const auto reflect = [&](std::int64_t position, std::int64_t size) {
    position = position < 0 ? -position : position;
    return position >= size ? 2 * (size - 1) - position : position;
  };
  for_each_element(output, [&](auto n, auto c, auto h, auto w) {
    std::int64_t y = h - static_cast<std::int64_t>(pads.elements[2]);
    std::int64_t x = w - static_cast<std::int64_t>(pads.elements[3]);
    if (reflects) {
      y = reflect(y, input.shape[2]);
      x = reflect(x, input.shape[3]);
    }
    output.at(n, c, h, w) = input.inside(y, x) ? input.at(n, c, y, x) : 0.0;
  });
  return output;
}

/// Adds input 2 of a layer, one number a channel.
inline Plain with_bias(
    const Node& node, Plain output, const std::vector<Plain>& inputs) {
  const double factor = node.op_type == "Gemm"
                            ? static_cast<double>(node.real("beta", 1.0F))
                            : 1.0;
  if (inputs.size() > 2) {
    for_each_element(output, [&](auto n, auto c, auto h, auto w) {
      output.at(n, c, h, w) +=
          factor * inputs[2].elements[static_cast<std::size_t>(c)];
    });
  }
  return output;
}

inline Plain run_plain_node(
    const Node& node, const std::vector<Plain>& inputs, Plain output) {
  if (node.op_type == "Conv") {
    return with_bias(
        node, plain_conv(node, inputs[0], inputs[1], output), inputs);
  }
  if (node.op_type == "ConvTranspose") {
    return with_bias(
        node, plain_conv_transpose(node, inputs[0], inputs[1], output), inputs);
  }
  if (node.op_type == "Gemm") {
    return with_bias(
        node, plain_gemm(node, inputs[0], inputs[1], output), inputs);
  }
  if (node.op_type == "BatchNormalization") {
    return plain_norm(node, inputs[0], inputs);
  }
  if (node.op_type == "Pad") {
    return plain_pad(node, inputs[0], inputs[1], output);
  }
  if (node.op_type == "Add") {
    for (std::size_t i = 0; i < output.elements.size(); ++i) {
      output.elements[i] = inputs[0].elements[i] + inputs[1].elements[i];
    }
    return output;
  }
  throw std::invalid_argument("no plain version of " + node.op_type);
}

/// The outputs of a network with static shapes and one input.
inline std::vector<Plain> run_plainly(
    const Graph& graph, const Constant& input) {
  std::map<ValueId, Plain> values;
  values.emplace(graph.inputs()[0], Plain(input));
  for (const Node& node : graph.nodes()) {
    std::vector<Plain> inputs;
    for (const auto& id : node.inputs) {
      const Value& value = graph.value(id.value());
      inputs.push_back(
          value.constant ? Plain(*value.constant) : values.at(*id));
    }
    const ValueId id = node.output(0).value();
    Shape shape = graph.value(id).static_shape().value();
    shape.resize(4, 1);
    values.emplace(id, run_plain_node(node, inputs, Plain(shape)));
  }
  std::vector<Plain> outputs;
  for (const ValueId id : graph.outputs()) {
    outputs.push_back(values.at(id));
  }
  return outputs;
}

}  // namespace ompq
