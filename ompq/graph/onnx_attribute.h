// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "ompq/graph/graph.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// Type of an attribute; files before IR version 2 do not state it, so it is
/// taken from the field that is set.
[[nodiscard]] onnx::AttributeProto::AttributeType attribute_type(
    const onnx::AttributeProto& attribute);

/// The value of an attribute.
///
/// @param folder  holds external data
/// @param where   names the node, for errors
/// @throws Error{Unsupported}  a graph, a sparse tensor or a list of tensors
[[nodiscard]] Attribute read_attribute(
    const onnx::AttributeProto& attribute,
    const std::filesystem::path& folder,
    const std::string& where);

/// The attribute as a message.
[[nodiscard]] onnx::AttributeProto write_attribute(
    const std::string& name, const Attribute& attribute);

}  // namespace ompq::detail
