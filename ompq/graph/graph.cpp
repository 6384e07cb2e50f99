// SPDX-License-Identifier: MIT
#include "ompq/graph/graph.h"

#include <algorithm>

#include "ompq/core/error.h"

namespace ompq {
namespace {

template <typename T>
constexpr std::string_view kind_of() {
  if constexpr (std::is_same_v<T, std::int64_t>) return "an integer";
  if constexpr (std::is_same_v<T, float>) return "a float";
  if constexpr (std::is_same_v<T, std::string>) return "a string";
  if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
    return "a list of integers";
  }
  if constexpr (std::is_same_v<T, std::vector<float>>) {
    return "a list of floats";
  }
  if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return "a list of strings";
  }
  return "a tensor";
}

std::string_view kind_of(const Attribute& attribute) {
  return std::visit(
      []<typename T>(const T&) { return kind_of<T>(); }, attribute);
}

template <typename T>
T attribute_or(const Node& node, const std::string& key, const T& fallback) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) {
    return fallback;
  }
  const T* held = std::get_if<T>(&found->second);
  OMPQ_CHECK(
      held != nullptr,
      ErrorCode::InvalidModel,
      "[graph] node '{}' ({}): attribute '{}' must be {}, got {}",
      node.name,
      node.op_type,
      key,
      kind_of<T>(),
      kind_of(found->second));
  return *held;
}

}  // namespace

std::int64_t Node::integer(
    const std::string& key, std::int64_t fallback) const {
  return attribute_or(*this, key, fallback);
}

float Node::real(const std::string& key, float fallback) const {
  return attribute_or(*this, key, fallback);
}

std::string Node::text(
    const std::string& key, const std::string& fallback) const {
  return attribute_or(*this, key, fallback);
}

std::vector<std::int64_t> Node::integers(
    const std::string& key, const std::vector<std::int64_t>& fallback) const {
  return attribute_or(*this, key, fallback);
}

std::vector<float> Node::reals(
    const std::string& key, const std::vector<float>& fallback) const {
  return attribute_or(*this, key, fallback);
}

bool Node::has(const std::string& key) const {
  return attributes.contains(key);
}

std::optional<ValueId> Node::input(std::size_t index) const {
  return index < inputs.size() ? inputs[index] : std::nullopt;
}

std::optional<ValueId> Node::output(std::size_t index) const {
  return index < outputs.size() ? outputs[index] : std::nullopt;
}

std::optional<Shape> Value::static_shape() const {
  if (!shape) {
    return std::nullopt;
  }
  Shape sizes;
  for (const Dimension& dimension : *shape) {
    if (dimension.is_dynamic()) {
      return std::nullopt;
    }
    sizes.push_back(dimension.size);
  }
  return sizes;
}

std::optional<ValueId> Graph::find_value(std::string_view name) const {
  const auto found = value_by_name_.find(std::string(name));
  return found == value_by_name_.end() ? std::nullopt
                                       : std::optional(found->second);
}

std::optional<NodeId> Graph::find_node(std::string_view name) const {
  const auto found = node_by_name_.find(std::string(name));
  return found == node_by_name_.end() ? std::nullopt
                                      : std::optional(found->second);
}

const Constant* Graph::constant_input(
    const Node& node, std::size_t index) const {
  const std::optional<ValueId> id = node.input(index);
  if (!id) {
    return nullptr;
  }
  const std::optional<Constant>& constant = value(*id).constant;
  return constant ? &*constant : nullptr;
}

bool Graph::is_output(ValueId id) const {
  return std::find(outputs_.begin(), outputs_.end(), id) != outputs_.end();
}

}  // namespace ompq
