// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// What a file says about a value.
struct ValueInfo {
  DataType type = DataType::Undefined;
  std::optional<std::vector<Dimension>> shape;
};

/// Reads the type of an input; -1 stands for a dynamic dimension, as some
/// converters write it.
///
/// @throws Error{Unsupported}   not a tensor, or of an unknown element type
/// @throws Error{InvalidModel}  a dimension below -1, or huge
[[nodiscard]] ValueInfo read_input_info(const onnx::ValueInfoProto& info);

/// Reads the type of another value: nothing where ompq cannot use it.
[[nodiscard]] std::optional<ValueInfo> read_value_info(
    const onnx::ValueInfoProto& info);

/// The value's name, type and shape as a message.
[[nodiscard]] onnx::ValueInfoProto write_value_info(const Value& value);

}  // namespace ompq::detail
