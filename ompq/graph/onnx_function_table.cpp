// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_function_table.h"

#include <utility>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

using onnx::AttributeProto;
using onnx::FunctionProto;
using onnx::NodeProto;

// Fields of newer messages than the ones we are compiled with.
constexpr int kFunctionAttributeDefaults = 11;
constexpr int kFunctionOverload = 13;
constexpr int kNodeOverload = 8;

template <typename Message>
std::vector<std::string> unknown_texts(const Message& message, int field) {
  std::vector<std::string> texts;
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const auto& item = unknown.field(i);
    if (item.number() == field &&
        item.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      texts.push_back(item.length_delimited());
    }
  }
  return texts;
}

template <typename Message>
std::string overload(const Message& message, int field) {
  if constexpr (requires { message.overload(); }) {
    return message.overload();
  }
  const std::vector<std::string> texts = unknown_texts(message, field);
  return texts.empty() ? std::string() : texts.back();
}

std::string key_of(
    const std::string& domain,
    const std::string& name,
    const std::string& overload_name) {
  return fmt::format(
      "{}\n{}\n{}", domain == "ai.onnx" ? "" : domain, name, overload_name);
}

/// A template, so that it compiles with messages that have the field and with
/// those that do not.
template <typename Function>
std::vector<AttributeProto> defaults_of(const Function& function) {
  std::vector<AttributeProto> defaults;
  if constexpr (requires { function.attribute_proto(); }) {
    defaults.assign(
        function.attribute_proto().begin(), function.attribute_proto().end());
  } else {
    for (const std::string& bytes :
         unknown_texts(function, kFunctionAttributeDefaults)) {
      AttributeProto attribute;
      if (attribute.ParseFromString(bytes)) {
        defaults.push_back(std::move(attribute));
      }
    }
  }
  return defaults;
}

}  // namespace

std::vector<AttributeProto> attribute_defaults(const FunctionProto& function) {
  return defaults_of(function);
}

OnnxFunctionTable::OnnxFunctionTable(const onnx::ModelProto& model) {
  for (const FunctionProto& function : model.functions()) {
    functions_.emplace(
        key_of(
            function.domain(),
            function.name(),
            overload(function, kFunctionOverload)),
        &function);
  }
}

const FunctionProto* OnnxFunctionTable::find(const NodeProto& node) const {
  const auto found = functions_.find(
      key_of(node.domain(), node.op_type(), overload(node, kNodeOverload)));
  return found == functions_.end() ? nullptr : found->second;
}

double OnnxFunctionTable::expanded_size(const Nodes& nodes) {
  double size = 0;
  for (const NodeProto& node : nodes) {
    const FunctionProto* function = find(node);
    size += function == nullptr ? 1.0 : expanded_size(*function);
  }
  return size;
}

double OnnxFunctionTable::expanded_size(const FunctionProto& function) {
  constexpr double kUnderWay = -1;
  const auto [known, is_new] = sizes_.emplace(&function, kUnderWay);
  if (is_new) {
    constexpr int kMaxDepth = 256;
    OMPQ_CHECK(
        depth_ < kMaxDepth,
        ErrorCode::Unsupported,
        "functions call one another more than {} levels deep",
        kMaxDepth);
    ++depth_;
    const double size = 1.0 + expanded_size(function.node());
    --depth_;
    sizes_[&function] = size;
    return size;
  }
  OMPQ_CHECK(
      known->second != kUnderWay,
      ErrorCode::InvalidModel,
      "function '{}' calls itself",
      function.name());
  return known->second;
}

}  // namespace ompq::detail
