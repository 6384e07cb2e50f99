// SPDX-License-Identifier: MIT
#pragma once

#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/graph/sketch.h"

namespace ompq {

/// A random directed acyclic network: convolutions (pointwise, depthwise and
/// 3x3), sums, products, concatenations and element-wise nodes that read any
/// earlier values, up to three graph inputs, some nodes without any input from
/// them, and many outputs.
class RandomNetwork {
 public:
  explicit RandomNetwork(unsigned seed) : random_(seed) {}

  Graph make(int nodes) {
    const int inputs = 1 + below(3);
    for (int i = 0; i < inputs; ++i) {
      sketch_.input(add());
    }
    sketch_.constant("shape", Sketch::integers({1, 8, 8, 8}));
    // How far back the nodes read: from chains to tangles.
    reach_ = 1 + below(nodes);
    for (int i = 0; i < nodes; ++i) {
      add_node();
    }
    const std::size_t outputs = static_cast<std::size_t>(1 + below(4));
    for (std::size_t i = 0; i < outputs && i < values_.size(); ++i) {
      sketch_.output(values_[values_.size() - 1 - i]);
    }
    return sketch_.build();
  }

 private:
  int below(int count) {
    return std::uniform_int_distribution<int>(0, count - 1)(random_);
  }

  /// An earlier value.
  std::string any() {
    const int size = static_cast<int>(values_.size());
    const int back = 1 + below(std::min(reach_, size));
    return values_[static_cast<std::size_t>(size - back)];
  }

  std::string add() {
    values_.push_back(fmt::format("v{}", values_.size()));
    return values_.back();
  }

  void add_node() {
    const std::string a = any();
    const std::string b = any();
    switch (below(10)) {
      case 0:
      case 1:
        sketch_.conv(add(), a);
        break;
      case 2:
        sketch_.conv(add(), a, {8, 8, 3, 3});
        break;
      case 3:
        sketch_.depthwise(add(), a);
        break;
      case 4:
        sketch_.node("Add", add(), {a, b});
        break;
      case 5:
        sketch_.node("Mul", add(), {a, b});
        break;
      case 6:
        add_concatenation(a, b);
        break;
      case 7:
        sketch_.node("ConstantOfShape", add(), {"shape"});
        break;
      default:
        sketch_.node("Relu", add(), {a});
        break;
    }
  }

  void add_concatenation(const std::string& a, const std::string& b) {
    const std::string wide = fmt::format("wide{}", values_.size());
    sketch_.node("Concat", wide, {a, b}, {{"axis", std::int64_t{1}}});
    sketch_.conv(add(), wide, {8, 16, 1, 1});
  }

  std::mt19937 random_;
  Sketch sketch_;
  std::vector<std::string> values_;
  int reach_ = 1;
};

}  // namespace ompq
