// SPDX-License-Identifier: MIT
//
// Runs a network on given inputs, for comparison with other runtimes:
//
//   run_network CASE.json
//
// CASE.json: {"model": path, "micro_batch": n or absent, "merge": true,
// "precision": "float32", "integers": false, "inputs": [{"name", "type",
// "shape", "file"}], "output_folder": path}. Files hold raw row-major elements.
// With precision "float64" every operator computes in float64, unmerged, and
// the outputs are rounded to float32. With "integers" operators between
// quantizers compute integers, as in ompq eval. Prints the outputs as JSON:
// [{"name", "type", "shape", "file"}].

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/atomic_file.h"
#include "ompq/core/json_file.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/device.h"
#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/load_exported.h"

namespace ompq {
namespace {

constexpr std::array<DataType, 8> kTypes{
    DataType::Float32,
    DataType::Float64,
    DataType::Int64,
    DataType::Int32,
    DataType::Int8,
    DataType::UInt8,
    DataType::Bool,
    DataType::Float16};

DataType parse_type(const std::string& name) {
  for (const DataType type : kTypes) {
    if (to_string(type) == name) {
      return type;
    }
  }
  fail(ErrorCode::Unsupported, "unknown type '{}'", name);
}

Constant read_input(const Json& input) {
  std::ifstream file(input.at("file").get<std::string>(), std::ios::binary);
  const std::string text(
      (std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return Constant(
      parse_type(input.at("type").get<std::string>()),
      input.at("shape").get<Shape>(),
      std::vector<std::byte>(begin, begin + text.size()));
}

Json write_output(
    const Constant& output,
    const std::string& name,
    const std::filesystem::path& file) {
  const auto bytes = output.bytes();
  write_file_atomically(
      file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return {
      {"name", name},
      {"type", std::string(to_string(output.type()))},
      {"shape", output.shape()},
      {"file", file.string()}};
}

/// Splits the first dimension into micro-batches, as the pipeline does.
std::vector<Tensors> split(const Tensors& inputs, std::int64_t micro_batch) {
  if (micro_batch <= 0) {
    return {inputs};
  }
  std::vector<Tensors> slices;
  const std::int64_t total = inputs.front().size(0);
  for (std::int64_t begin = 0; begin < total; begin += micro_batch) {
    Tensors& slice = slices.emplace_back();
    for (const at::Tensor& input : inputs) {
      const std::int64_t count = std::min(micro_batch, total - begin);
      slice.push_back(input.narrow(0, begin, count).clone());
    }
  }
  return slices;
}

/// The graph with its float32 constants as float64.
Graph in_float64(const Graph& graph) {
  GraphBuilder builder(graph);
  for (const Value& value : graph.values()) {
    if (value.constant && value.constant->type() == DataType::Float32) {
      const std::string name = builder.fresh_name(value.name);
      builder.add_constant(name, value.constant->cast(DataType::Float64));
      builder.replace_uses(value.name, name);
    }
  }
  return std::move(builder).build();
}

void run_case(const Json& options) {
  Tensors inputs;
  ShapeOptions shapes;
  for (const Json& input : options.at("inputs")) {
    const Constant constant = read_input(input);
    shapes.input_shapes[input.at("name").get<std::string>()] = constant.shape();
    inputs.push_back(to_tensor(constant).clone());
  }
  const std::filesystem::path file = options.at("model").get<std::string>();
  const PreparedModel model = options.value("integers", false)
                                  ? load_executed(file, shapes)
                                  : load_model(file, shapes);
  const bool is_exact = options.value("precision", "float32") == "float64";
  if (is_exact) {
    for (at::Tensor& input : inputs) {
      input = input.is_floating_point() ? input.to(at::kDouble) : input;
    }
  }
  const Network network(
      is_exact ? in_float64(model.graph) : model.graph,
      {.fuse = !is_exact && options.value("merge", true)});
  const std::vector<Tensors> results =
      network.run(split(inputs, options.value("micro_batch", std::int64_t{0})));
  const std::filesystem::path folder =
      options.at("output_folder").get<std::string>();
  Json printed = Json::array();
  for (std::size_t i = 0; i < results.front().size(); ++i) {
    Tensors parts;
    for (const Tensors& slice : results) {
      parts.push_back(slice[i]);
    }
    at::Tensor output = parts.size() == 1 ? parts[0] : at::cat(parts);
    if (is_exact && output.is_floating_point()) {
      output = output.to(at::kFloat);
    }
    const std::string& name = model.graph.value(model.graph.outputs()[i]).name;
    printed.push_back(write_output(
        to_constant(output), name, folder / ("out_" + std::to_string(i))));
  }
  std::puts(printed.dump().c_str());
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    ompq::set_threads(0);
    ompq::run_case(ompq::read_json(argc > 1 ? argv[1] : ""));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
