// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_attribute.h"

#include "ompq/core/error.h"
#include "ompq/graph/onnx_tensor.h"

namespace ompq::detail {
namespace {

using Proto = onnx::AttributeProto;

void store(Proto& proto, std::int64_t number) {
  proto.set_type(Proto::INT);
  proto.set_i(number);
}

void store(Proto& proto, float number) {
  proto.set_type(Proto::FLOAT);
  proto.set_f(number);
}

void store(Proto& proto, const std::string& text) {
  proto.set_type(Proto::STRING);
  proto.set_s(text);
}

void store(Proto& proto, const std::vector<std::int64_t>& numbers) {
  proto.set_type(Proto::INTS);
  proto.mutable_ints()->Add(numbers.begin(), numbers.end());
}

void store(Proto& proto, const std::vector<float>& numbers) {
  proto.set_type(Proto::FLOATS);
  proto.mutable_floats()->Add(numbers.begin(), numbers.end());
}

void store(Proto& proto, const std::vector<std::string>& texts) {
  proto.set_type(Proto::STRINGS);
  for (const std::string& text : texts) {
    proto.add_strings(text);
  }
}

void store(Proto& proto, const Constant& constant) {
  proto.set_type(Proto::TENSOR);
  *proto.mutable_t() = tensor_from_constant(constant, "");
}

}  // namespace

Proto::AttributeType attribute_type(const Proto& attribute) {
  if (attribute.type() != Proto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return Proto::FLOAT;
  if (attribute.has_i()) return Proto::INT;
  if (attribute.has_s()) return Proto::STRING;
  if (attribute.has_t()) return Proto::TENSOR;
  if (attribute.has_g()) return Proto::GRAPH;
  if (attribute.floats_size() > 0) return Proto::FLOATS;
  if (attribute.ints_size() > 0) return Proto::INTS;
  if (attribute.strings_size() > 0) return Proto::STRINGS;
  return Proto::UNDEFINED;
}

Attribute read_attribute(
    const Proto& attribute,
    const std::filesystem::path& folder,
    const std::string& where) {
  switch (attribute_type(attribute)) {
    case Proto::FLOAT:
      return attribute.f();
    case Proto::INT:
      return static_cast<std::int64_t>(attribute.i());
    case Proto::STRING:
      return attribute.s();
    case Proto::FLOATS:
      return std::vector<float>(
          attribute.floats().begin(), attribute.floats().end());
    case Proto::INTS:
      return std::vector<std::int64_t>(
          attribute.ints().begin(), attribute.ints().end());
    case Proto::STRINGS:
      return std::vector<std::string>(
          attribute.strings().begin(), attribute.strings().end());
    case Proto::TENSOR:
      if (const auto reason = unsupported_tensor(attribute.t())) {
        fail(
            ErrorCode::Unsupported,
            "{}: attribute '{}' is {}",
            where,
            attribute.name(),
            *reason);
      }
      return constant_from_tensor(
          attribute.t(), folder, where + ", attribute " + attribute.name());
    default:
      break;
  }
  fail(
      ErrorCode::Unsupported,
      "{}: attribute '{}' has type {}, which is not supported",
      where,
      attribute.name(),
      static_cast<int>(attribute.type()));
}

Proto write_attribute(const std::string& name, const Attribute& attribute) {
  Proto proto;
  proto.set_name(name);
  std::visit([&](const auto& held) { store(proto, held); }, attribute);
  return proto;
}

}  // namespace ompq::detail
