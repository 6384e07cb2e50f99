// SPDX-License-Identifier: MIT
//
// Writes a chain of equal convolutions with ReLU, to time against depth:
//
//   make_chain DEPTH OUT.onnx      image [N, 3, 56, 56], 32 channels inside

#include <cmath>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {
namespace {

constexpr std::int64_t kChannels = 32;
constexpr std::int64_t kSide = 56;

Constant random_weight(std::int64_t inputs, std::mt19937& generator) {
  const double spread = std::sqrt(6.0 / static_cast<double>(inputs * 9));
  std::vector<float> elements;
  for (std::int64_t i = 0; i < kChannels * inputs * 9; ++i) {
    const double uniform = static_cast<double>(generator()) / 4294967296.0;
    elements.push_back(static_cast<float>((2.0 * uniform - 1.0) * spread));
  }
  return Constant::from(elements, {kChannels, inputs, 3, 3});
}

Graph chain(int depth) {
  std::mt19937 generator(1);
  GraphBuilder builder("chain");
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {3, ""}, {kSide, ""}, {kSide, ""}});
  std::string previous = "image";
  for (int i = 0; i < depth; ++i) {
    const std::string index = std::to_string(i);
    builder.add_constant(
        "weight_" + index, random_weight(i == 0 ? 3 : kChannels, generator));
    builder.add_node(
        {.name = "conv_" + index,
         .op_type = "Conv",
         .inputs = {previous, "weight_" + index},
         .outputs = {"conv_out_" + index},
         .attributes = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}});
    previous = "out_" + index;
    builder.add_node(
        {.name = "relu_" + index,
         .op_type = "Relu",
         .inputs = {"conv_out_" + index},
         .outputs = {previous}});
  }
  builder.add_output(previous);
  return std::move(builder).build();
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    if (argc != 3) {
      std::cerr << "usage: make_chain DEPTH OUT.onnx\n";
      return 2;
    }
    ompq::write_onnx(ompq::chain(std::stoi(argv[1])), argv[2]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
