// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/constant.h"

namespace ompq {

/// The value of a node's attribute.
using Attribute = std::variant<
    std::int64_t,
    float,
    std::string,
    std::vector<std::int64_t>,
    std::vector<float>,
    std::vector<std::string>,
    Constant>;

/// One operation. Inputs and outputs refer to values by id; an optional input
/// or output that is left out is std::nullopt.
struct Node {
  NodeId id;
  /// Unique and never empty: nodes without a name get one at import
  /// ("Conv_12").
  std::string name;
  /// Empty for the standard ONNX operators.
  std::string domain;
  std::string op_type;
  std::vector<std::optional<ValueId>> inputs;
  std::vector<std::optional<ValueId>> outputs;
  std::map<std::string, Attribute> attributes;

  /// Attribute `key`, or `fallback` if the node does not have it.
  ///
  /// @throws Error{InvalidModel}  the attribute has another type
  [[nodiscard]] OMPQ_API std::int64_t integer(
      const std::string& key, std::int64_t fallback) const;
  [[nodiscard]] OMPQ_API float real(
      const std::string& key, float fallback) const;
  [[nodiscard]] OMPQ_API std::string text(
      const std::string& key, const std::string& fallback) const;
  [[nodiscard]] OMPQ_API std::vector<std::int64_t> integers(
      const std::string& key, const std::vector<std::int64_t>& fallback) const;
  [[nodiscard]] OMPQ_API std::vector<float> reals(
      const std::string& key, const std::vector<float>& fallback) const;
  [[nodiscard]] OMPQ_API bool has(const std::string& key) const;

  /// Input `index`, or nullopt if it is absent or the node has fewer inputs.
  [[nodiscard]] OMPQ_API std::optional<ValueId> input(std::size_t index) const;
  /// Output `index`, likewise.
  [[nodiscard]] OMPQ_API std::optional<ValueId> output(std::size_t index) const;
};

/// A dimension of a declared or inferred shape: a size, or a name for a size
/// that is only known at run time.
struct Dimension {
  /// Known size, or -1 if dynamic.
  std::int64_t size = -1;
  /// Name of a dynamic dimension ("N", "batch"); may be empty.
  std::string symbol;

  [[nodiscard]] bool is_dynamic() const { return size < 0; }
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

/// An edge of the graph.
struct Value {
  ValueId id;
  /// Unique and never empty.
  std::string name;
  DataType type = DataType::Undefined;
  /// Absent if not even the rank is known.
  std::optional<std::vector<Dimension>> shape;
  /// Set for initializers and folded constants; such a value has no producer.
  std::optional<Constant> constant;
  /// The node that computes the value; absent for graph inputs and constants.
  std::optional<NodeId> producer;
  /// The nodes that read the value, ascending, each once.
  std::vector<NodeId> consumers;

  /// The shape as numbers, if every dimension is known.
  [[nodiscard]] OMPQ_API std::optional<Shape> static_shape() const;
};

class Graph;

/// A model-local function: an operator that a file brings along. Nodes call it
/// by its domain and name.
struct Function {
  std::string domain;
  std::string name;
  /// Its inputs, outputs and nodes, in the operator set of the graph. Constants
  /// are written as Constant nodes; types and shapes do not matter.
  std::shared_ptr<const Graph> body;
};

/// An immutable network: nodes in topological order and the values between
/// them. Made by GraphBuilder only, which guarantees: ids are positions; names
/// are unique; every input is a graph input, a constant or computed by an
/// earlier node; no cycles.
class OMPQ_API Graph {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Version of the default operator set the nodes are written in.
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const Value> values() const { return values_; }
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id.index()]; }
  [[nodiscard]] const Value& value(ValueId id) const {
    return values_[id.index()];
  }
  /// What must be fed; constants are not among them.
  [[nodiscard]] std::span<const ValueId> inputs() const { return inputs_; }
  [[nodiscard]] std::span<const ValueId> outputs() const { return outputs_; }
  [[nodiscard]] std::optional<ValueId> find_value(std::string_view name) const;
  [[nodiscard]] std::optional<NodeId> find_node(std::string_view name) const;
  /// The constant behind input `index` of a node, or nullptr.
  [[nodiscard]] const Constant* constant_input(
      const Node& node, std::size_t index) const;
  /// True if the value is an output of the graph.
  [[nodiscard]] bool is_output(ValueId id) const;
  /// metadata_props of the file.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const {
    return metadata_;
  }
  /// The functions that the file brings along.
  [[nodiscard]] std::span<const Function> functions() const {
    return functions_;
  }

 private:
  friend class GraphBuilder;
  Graph() = default;

  std::string name_;
  std::int64_t opset_ = 0;
  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
  std::map<std::string, std::string> metadata_;
  std::vector<Function> functions_;
  std::unordered_map<std::string, ValueId> value_by_name_;
  std::unordered_map<std::string, NodeId> node_by_name_;
};

}  // namespace ompq
