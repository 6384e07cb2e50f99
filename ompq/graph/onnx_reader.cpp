// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_reader.h"

#include <map>
#include <memory>
#include <unordered_set>
#include <utility>

#include <fmt/ranges.h>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_attribute.h"
#include "ompq/graph/onnx_functions.h"
#include "ompq/graph/onnx_tensor.h"
#include "ompq/graph/onnx_value_info.h"

namespace ompq::detail {
namespace {

namespace fs = std::filesystem;

std::string standard(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

std::int64_t read_opset(const onnx::ModelProto& model) {
  std::int64_t opset = model.opset_import_size() == 0 ? 1 : 0;
  for (const auto& set : model.opset_import()) {
    if (standard(set.domain()).empty()) {
      opset = set.version();
    }
  }
  OMPQ_CHECK(
      opset != 0,
      ErrorCode::InvalidModel,
      "the file does not say which version of the ONNX operators it uses");
  OMPQ_CHECK(
      opset >= 7 && opset <= 25,
      ErrorCode::Unsupported,
      "opset {} is not supported; convert the model to an opset from 7 to 25",
      opset);
  return opset;
}

/// Collects one model in a GraphBuilder. What cannot be represented becomes a
/// placeholder node: only if an output needs it is it an error.
class Reader {
 public:
  Reader(onnx::ModelProto& model, const fs::path& folder)
      : model_(model),
        folder_(folder),
        builder_(model.graph().name(), read_opset(model)) {}

  Graph read() {
    read_metadata();
    read_initializers();
    read_inputs();
    for (onnx::NodeProto& node : take_inlined_nodes(model_)) {
      read_node(node);
    }
    read_values();
    Graph graph = std::move(builder_).build();
    check_placeholders(graph);
    return graph;
  }

 private:
  void read_metadata() {
    for (const auto& entry : model_.metadata_props()) {
      builder_.set_metadata(entry.key(), entry.value());
    }
  }

  void read_initializers() {
    auto& graph = *model_.mutable_graph();
    OMPQ_CHECK(
        graph.sparse_initializer_size() == 0,
        ErrorCode::Unsupported,
        "the model has {} sparse initializers; store them as dense tensors",
        graph.sparse_initializer_size());
    for (onnx::TensorProto& tensor : *graph.mutable_initializer()) {
      initializers_.insert(tensor.name());
      add_tensor(tensor.name(), tensor);
      // The largest models would be in memory twice.
      const std::unique_ptr<std::string> freed(tensor.release_raw_data());
    }
  }

  void read_inputs() {
    for (const auto& info : model_.graph().input()) {
      if (!initializers_.contains(info.name())) {
        ValueInfo known = read_input_info(info);
        builder_.add_input(info.name(), known.type, std::move(known.shape));
      }
    }
  }

  void read_values() {
    const auto& graph = model_.graph();
    for (const auto& info : graph.value_info()) {
      declare(info);
    }
    for (const auto& info : graph.output()) {
      declare(info);
      builder_.add_output(info.name());
    }
  }

  void declare(const onnx::ValueInfoProto& info) {
    if (auto known = read_value_info(info)) {
      builder_.set_type(info.name(), known->type);
      builder_.set_shape(info.name(), std::move(known->shape));
    }
  }

  void add_tensor(const std::string& name, const onnx::TensorProto& tensor) {
    if (const auto reason = unsupported_tensor(tensor)) {
      add_placeholder(name, {name}, *reason);
    } else {
      builder_.add_constant(name, constant_from_tensor(tensor, folder_, name));
    }
  }

  void add_placeholder(
      const std::string& name,
      std::vector<std::string> outputs,
      const std::string& kind) {
    GraphBuilder::NodeSpec node;
    node.name = fmt::format("unsupported {}", name);
    node.op_type = kind;
    node.outputs = std::move(outputs);
    placeholders_.emplace(builder_.add_node(std::move(node)), name);
  }

  void read_node(const onnx::NodeProto& proto) {
    if (proto.op_type() == "Constant" && standard(proto.domain()).empty()) {
      read_constant_node(proto);
      return;
    }
    GraphBuilder::NodeSpec node;
    node.name = proto.name();
    node.domain = standard(proto.domain());
    node.op_type = proto.op_type();
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    const std::string where =
        fmt::format("node '{}' ({})", node.name, node.op_type);
    for (const auto& attribute : proto.attribute()) {
      const auto type = attribute_type(attribute);
      if (type == onnx::AttributeProto::GRAPH ||
          type == onnx::AttributeProto::GRAPHS) {
        add_placeholder(
            node.name,
            std::move(node.outputs),
            fmt::format("control flow {}", node.op_type));
        return;
      }
      OMPQ_CHECK(
          attribute.ref_attr_name().empty(),
          ErrorCode::InvalidModel,
          "{}: attribute '{}' refers to an attribute of a function, but the "
          "node is in none",
          where,
          attribute.name());
      node.attributes.insert_or_assign(
          attribute.name(), read_attribute(attribute, folder_, where));
    }
    builder_.add_node(std::move(node));
  }

  void read_constant_node(const onnx::NodeProto& proto) {
    OMPQ_CHECK(
        proto.output_size() == 1 && proto.attribute_size() > 0,
        ErrorCode::InvalidModel,
        "node '{}' (Constant): expected one output and a value, got {} "
        "outputs and {} attributes",
        proto.name(),
        proto.output_size(),
        proto.attribute_size());
    const std::string& name = proto.output(0);
    const auto& held = proto.attribute(0);
    if (held.name() == "value_string" || held.name() == "value_strings") {
      add_placeholder(name, {name}, "a tensor of strings");
      return;
    }
    if (held.name() == "sparse_value") {
      add_placeholder(name, {name}, "a sparse tensor");
      return;
    }
    if (held.name() == "value" && unsupported_tensor(held.t())) {
      add_placeholder(name, {name}, *unsupported_tensor(held.t()));
      return;
    }
    const std::string where = fmt::format("node '{}' (Constant)", proto.name());
    builder_.add_constant(
        name, constant_from(read_attribute(held, folder_, where), where));
  }

  static Constant constant_from(Attribute value, const std::string& where) {
    if (auto* tensor = std::get_if<Constant>(&value)) {
      return std::move(*tensor);
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      return Constant::scalar(*number);
    }
    if (const auto* real = std::get_if<float>(&value)) {
      return Constant::scalar(*real);
    }
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
      return Constant::from(*list, {static_cast<std::int64_t>(list->size())});
    }
    if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
      return Constant::from(*reals, {static_cast<std::int64_t>(reals->size())});
    }
    fail(ErrorCode::InvalidModel, "{}: the value has a wrong type", where);
  }

  void check_placeholders(const Graph& graph) const {
    std::map<std::string, std::vector<std::string>> found;
    for (const Node& node : graph.nodes()) {
      const auto placeholder = placeholders_.find(node.name);
      if (placeholder != placeholders_.end()) {
        found[node.op_type].push_back(placeholder->second);
      }
    }
    std::vector<std::string> reasons;
    for (const auto& [kind, names] : found) {
      reasons.push_back(
          fmt::format("{} ({}: '{}')", kind, names.size(), names.front()));
    }
    OMPQ_CHECK(
        reasons.empty(),
        ErrorCode::Unsupported,
        "the network needs what ompq cannot run: {}; export the model without "
        "it",
        fmt::join(reasons, ", "));
  }

  onnx::ModelProto& model_;
  const fs::path& folder_;
  GraphBuilder builder_;
  std::unordered_set<std::string> initializers_;
  std::map<std::string, std::string> placeholders_;
};

}  // namespace

Graph graph_from_model(onnx::ModelProto& model, const fs::path& folder) {
  return Reader(model, folder).read();
}

}  // namespace ompq::detail
