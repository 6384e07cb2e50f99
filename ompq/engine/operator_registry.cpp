// SPDX-License-Identifier: MIT
#include "ompq/engine/operator_registry.h"

#include <exception>
#include <map>
#include <new>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using Registry = std::map<std::string_view, OperatorEntry>;

const Registry& registry() {
  static const Registry entries = [] {
    Registry all;
    for (const auto& family :
         {conv_operators(),
          linear_operators(),
          pool_operators(),
          average_pool_operators(),
          norm_operators(),
          activation_operators(),
          arithmetic_operators(),
          logic_operators(),
          reduce_operators(),
          shape_operators(),
          layout_operators(),
          create_operators(),
          index_operators(),
          scatter_operators(),
          pad_operators(),
          resize_operators(),
          qdq_operators(),
          integer_operators(),
          recurrent_operators()}) {
      for (const OperatorEntry& entry : family) {
        const bool is_new = all.emplace(entry.op_type, entry).second;
        OMPQ_ASSERT(is_new, "an operator is registered once");
      }
    }
    return all;
  }();
  return entries;
}

std::string describe(const Node& node) {
  return fmt::format("[engine] node '{}' ({})", node.name, node.op_type);
}

const OperatorEntry& find_entry(const Node& node) {
  const std::string_view domain =
      node.domain == "ai.onnx" ? std::string_view() : node.domain;
  const auto found = registry().find(node.op_type);
  OMPQ_CHECK(
      found != registry().end() && found->second.domain == domain,
      ErrorCode::Unsupported,
      "{}: the engine has no operator {}{}{}",
      describe(node),
      node.domain,
      node.domain.empty() ? "" : ".",
      node.op_type);
  return found->second;
}

void check_input_count(const Node& node, const OperatorEntry& entry) {
  OMPQ_CHECK(
      node.inputs.size() <= entry.max_inputs,
      ErrorCode::InvalidModel,
      "{}: has {} inputs, at most {} are allowed",
      describe(node),
      node.inputs.size(),
      entry.max_inputs);
  for (std::size_t i = 0; i < entry.required_inputs; ++i) {
    OMPQ_CHECK(
        node.input(i).has_value(),
        ErrorCode::InvalidModel,
        "{}: input {} is missing",
        describe(node),
        i);
  }
}

std::string shapes_of(const Tensors& inputs) {
  std::string text;
  for (const at::Tensor& tensor : inputs) {
    text += text.empty() ? "" : ", ";
    text += tensor.defined() ? to_string(tensor.sizes().vec()) : "absent";
  }
  return text;
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// Runs `body` and puts the node into the message of what it throws. Called
/// inside a catch block.
[[noreturn]] void rethrow_for(const std::string& where, ErrorCode code) {
  try {
    throw;
  } catch (const Error& error) {
    throw Error(error.code(), where + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const c10::Error& error) {
    throw Error(
        code, where + ": " + first_line(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    throw Error(code, where + ": " + first_line(error.what()));
  }
}

void check_defined(const Tensors& inputs, std::size_t required) {
  for (std::size_t i = 0; i < required; ++i) {
    OMPQ_CHECK(
        i < inputs.size() && inputs[i].defined(),
        ErrorCode::InvalidArgument,
        "no tensor is given for input {}",
        i);
  }
}

}  // namespace

Operator make_operator(const Node& node, const Graph& graph) {
  const OperatorEntry& entry = find_entry(node);
  check_input_count(node, entry);
  Operator body;
  try {
    body = entry.make(node, graph);
  } catch (const std::exception&) {
    rethrow_for(describe(node), ErrorCode::InvalidModel);
  }
  return [body = std::move(body),
          where = describe(node),
          required = entry.required_inputs](const Tensors& inputs) {
    try {
      check_defined(inputs, required);
      return body(inputs);
    } catch (const std::exception&) {
      rethrow_for(
          fmt::format("{} on {}", where, shapes_of(inputs)),
          ErrorCode::ShapeMismatch);
    }
  };
}

std::vector<std::string> supported_operators() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : registry()) {
    if (entry.domain.empty()) {
      names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace ompq
