// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// The only way to make a Graph, from nothing or from another Graph. Values
/// are referred to by name while building; build() gives ids, sorts the nodes
/// topologically (stable: the given order where it is valid) and checks.
///
/// A pass copies a graph into a builder, changes it, and builds:
///
///     GraphBuilder builder(graph);
///     builder.remove_node("bn_1");
///     builder.replace_uses("bn_1_out", "conv_1_out");
///     return std::move(builder).build();
class OMPQ_API GraphBuilder {
 public:
  /// A node while building: as ompq::Node, with names for ids; "" = absent.
  struct NodeSpec {
    std::string name;
    std::string domain;
    std::string op_type;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, Attribute> attributes;
  };

  explicit GraphBuilder(std::string name = "graph", std::int64_t opset = 21);
  /// Starts from a copy of `graph`.
  explicit GraphBuilder(const Graph& graph);
  ~GraphBuilder();
  GraphBuilder(GraphBuilder&&) noexcept;
  GraphBuilder& operator=(GraphBuilder&&) noexcept;

  void set_opset(std::int64_t opset);
  void set_metadata(const std::string& key, const std::string& text);

  /// A function that nodes may call; two of one name must be the same.
  void add_function(Function function);

  void add_input(
      const std::string& name,
      DataType type,
      std::optional<std::vector<Dimension>> shape);
  void add_output(const std::string& name);
  void clear_outputs();
  void add_constant(const std::string& name, Constant constant);
  /// Adds a constant under a name that is not in use yet.
  ///
  /// @return its name, which begins with `stem`
  std::string add_fresh_constant(const std::string& stem, Constant constant);
  /// Adds a node; an empty name is replaced by "<op_type>_<n>".
  /// Returns the node's name.
  std::string add_node(NodeSpec node);
  /// Replaces the node called `name`, in its place in the order.
  void replace_node(const std::string& name, std::vector<NodeSpec> nodes);
  void remove_node(const std::string& name);
  /// Declares what is known of a value (from value_info or inference).
  void set_type(const std::string& value, DataType type);
  void set_shape(
      const std::string& value, std::optional<std::vector<Dimension>> shape);
  /// Every consumer of `from`, and the graph's outputs, use `to` instead. A
  /// graph output keeps its name: if `from` is an output, the producer of `to`
  /// is renamed accordingly, or an Identity node is inserted where that is not
  /// possible.
  void replace_uses(const std::string& from, const std::string& to);
  /// A value name that is not in use yet, beginning with `stem`.
  [[nodiscard]] std::string fresh_name(const std::string& stem) const;
  [[nodiscard]] const std::vector<NodeSpec>& nodes() const;

  /// Validates and finishes. Nodes and constants that no output needs are
  /// dropped.
  ///
  /// @throws Error{InvalidModel}  a name is used twice, an input is defined
  ///                              nowhere (missing initializer), the nodes form
  ///                              a cycle (names its nodes), no outputs
  [[nodiscard]] Graph build() &&;

  /// The graph under construction; private to the implementation.
  struct State;

 private:
  class Assembly;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
