// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_writer.h"

#include <limits>
#include <set>

#include "ompq/core/error.h"
#include "ompq/graph/onnx_attribute.h"
#include "ompq/graph/onnx_function_writer.h"
#include "ompq/graph/onnx_tensor.h"
#include "ompq/graph/onnx_value_info.h"

namespace ompq::detail {
namespace {

/// Smallest IR version that may hold an operator set. Not below 4, where
/// initializers stopped to be inputs as well.
std::int64_t ir_version_for(std::int64_t opset) {
  if (opset <= 9) return 4;
  if (opset == 10) return 5;
  if (opset == 11) return 6;
  if (opset <= 14) return 7;
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  if (opset <= 22) return 10;
  return opset - 12;
}

/// Version of an operator set other than the standard one. That of QONNX is the
/// one which Brevitas registers.
std::int64_t version_of(const std::string& domain) {
  return domain == "qonnx.custom_op.general" ? 2 : 1;
}

void write_opsets(const Graph& graph, onnx::ModelProto& model) {
  auto* standard = model.add_opset_import();
  standard->set_domain("");
  standard->set_version(graph.opset());
  std::set<std::string> domains;
  for (const Node& node : graph.nodes()) {
    if (!node.domain.empty() && domains.insert(node.domain).second) {
      auto* set = model.add_opset_import();
      set->set_domain(node.domain);
      set->set_version(version_of(node.domain));
    }
  }
}

void write_values(
    const Graph& graph,
    const OnnxWriteOptions& options,
    onnx::GraphProto& proto) {
  for (const ValueId id : graph.inputs()) {
    *proto.add_input() = write_value_info(graph.value(id));
  }
  for (const ValueId id : graph.outputs()) {
    *proto.add_output() = write_value_info(graph.value(id));
  }
  for (const Value& value : graph.values()) {
    if (value.constant) {
      *proto.add_initializer() =
          tensor_from_constant(*value.constant, value.name);
    } else if (
        options.inner_values && value.producer && !graph.is_output(value.id)) {
      onnx::ValueInfoProto info = write_value_info(value);
      if (info.has_type()) {
        *proto.add_value_info() = std::move(info);
      }
    }
  }
}

bool is_quantizer(const Node& node) {
  return !node.domain.empty() || node.op_type == "QuantizeLinear" ||
         node.op_type == "DequantizeLinear";
}

void check_size(const Graph& graph) {
  std::uint64_t size_bytes = 0;
  for (const Value& value : graph.values()) {
    size_bytes += value.constant ? value.constant->bytes().size() : 0;
  }
  OMPQ_CHECK(
      size_bytes <= std::numeric_limits<std::int32_t>::max(),
      ErrorCode::Unsupported,
      "[write_onnx] the weights take {} bytes; an ONNX file holds 2 GB at most",
      size_bytes);
}

}  // namespace

onnx::ModelProto model_from_graph(
    const Graph& graph, const OnnxWriteOptions& options) {
  check_size(graph);
  onnx::ModelProto model;
  model.set_ir_version(ir_version_for(graph.opset()));
  model.set_producer_name("ompq");
  write_opsets(graph, model);
  for (const auto& [key, text] : graph.metadata()) {
    auto* entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(text);
  }
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(graph.name().empty() ? "graph" : graph.name());
  for (const Node& node : graph.nodes()) {
    onnx::NodeProto& written = *proto.add_node();
    written = node_proto(graph, node);
    if (!options.quantizer_names && is_quantizer(node)) {
      written.clear_name();
    }
  }
  write_values(graph, options, proto);
  for (const Function& function : graph.functions()) {
    *model.add_functions() = function_proto(function);
  }
  return model;
}

}  // namespace ompq::detail
