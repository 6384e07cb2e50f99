// SPDX-License-Identifier: MIT
#include "cli/inspection.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ompq/graph/onnx_file.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/result_folder.h"
#include "ompq/plan/plan_file.h"

namespace ompq {
namespace {

std::string dimension_text(const Dimension& dimension) {
  if (!dimension.is_dynamic()) {
    return fmt::format("{}", dimension.size);
  }
  return dimension.symbol.empty() ? "?" : dimension.symbol;
}

PortFacts port_facts(const Value& value) {
  PortFacts facts{value.name, std::string(to_string(value.type)), "?"};
  if (value.shape) {
    std::vector<std::string> dimensions;
    for (const Dimension& dimension : *value.shape) {
      dimensions.push_back(dimension_text(dimension));
    }
    facts.shape = fmt::format("[{}]", fmt::join(dimensions, ", "));
  }
  return facts;
}

Json ports_json(const std::vector<PortFacts>& ports) {
  Json list = Json::array();
  for (const PortFacts& port : ports) {
    list.push_back(
        {{"name", port.name}, {"type", port.type}, {"shape", port.shape}});
  }
  return list;
}

Json layers_json(const Inspection& inspection) {
  Json list = Json::array();
  for (const Layer& layer : inspection.layers.layers) {
    Json& row = list.emplace_back();
    row = {
        {"name", layer.name},
        {"kind", to_string(layer.kind)},
        {"weight_shape", layer.weight_shape},
        {"weights", layer.weights},
        {"output_channels", layer.output_channels},
        {"macs", layer.macs}};
    if (const auto found = inspection.widths.find(layer.name);
        found != inspection.widths.end()) {
      row["weight_bits"] = found->second.weight_bits;
      row["activation_bits"] = found->second.activation_bits
                                   ? Json(*found->second.activation_bits)
                                   : Json(nullptr);
    }
  }
  return list;
}

Json skipped_json(const std::vector<SkippedNode>& nodes) {
  Json list = Json::array();
  for (const SkippedNode& node : nodes) {
    list.push_back(
        {{"name", node.name},
         {"operator", node.op_type},
         {"reason", node.reason}});
  }
  return list;
}

/// The widths of a result folder's plan.
std::map<std::string, LayerBits> widths_of(const std::filesystem::path& path) {
  std::map<std::string, LayerBits> widths;
  if (record_of(path)) {
    for (const PlanLayer& layer : read_plan(ResultFolder{path}.plan()).layers) {
      widths[layer.name] = layer.bits;
    }
  }
  return widths;
}

}  // namespace

Inspection inspect_model(const ModelOptions& given) {
  ModelOptions options = given;
  options.model = model_file_of(given.model);
  Inspection result;
  result.widths = widths_of(given.model);
  result.file = options.model.filename().string();
  const Graph file_graph = read_onnx(options.model);
  result.file_bytes =
      static_cast<std::int64_t>(std::filesystem::file_size(options.model));
  result.header = read_onnx_header(options.model);
  result.opset = file_graph.opset();
  for (const Node& node : file_graph.nodes()) {
    const std::string name =
        node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
    ++result.operators[name];
    ++result.nodes;
  }
  PreparedModel model = open_model(options);
  for (const ValueId id : model.graph.inputs()) {
    result.inputs.push_back(port_facts(model.graph.value(id)));
  }
  for (const ValueId id : model.graph.outputs()) {
    result.outputs.push_back(port_facts(model.graph.value(id)));
  }
  result.layers = std::move(model.layers);
  return result;
}

Json to_json(const Inspection& inspection) {
  const LayerTable& layers = inspection.layers.layers;
  Json json = Json::object();
  json["file"] = inspection.file;
  json["file_bytes"] = inspection.file_bytes;
  json["ir_version"] = inspection.header.ir_version;
  json["opset"] = inspection.opset;
  json["producer"] = {
      {"name", inspection.header.producer_name},
      {"version", inspection.header.producer_version}};
  json["inputs"] = ports_json(inspection.inputs);
  json["outputs"] = ports_json(inspection.outputs);
  json["layers"] = layers_json(inspection);
  json["skipped"] = skipped_json(inspection.layers.skipped);
  json["totals"] = {
      {"layers", layers.size()},
      {"weights", total_weights(layers)},
      {"macs", total_macs(layers)},
      {"nodes", inspection.nodes}};
  json["operators"] = inspection.operators;
  return json;
}

}  // namespace ompq
