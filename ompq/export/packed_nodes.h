// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// A call of one of packed_functions().
[[nodiscard]] GraphBuilder::NodeSpec packed_call(
    std::string_view function,
    std::vector<std::string> inputs,
    std::string output);

/// int64, one dimension.
[[nodiscard]] Constant shape_constant(const std::vector<std::int64_t>& sizes);

/// Cuts a value into parts along the first axis.
void add_split(
    const std::string& whole,
    const std::string& sizes_name,
    const std::vector<std::int64_t>& sizes,
    std::vector<std::string> parts,
    GraphBuilder& builder);

/// Adds nodes each of which reads the result of the one before, as its first
/// input.
///
/// @param stem    of the names of the values between them
/// @param result  name of the last one's result
void add_chain(
    std::string from,
    std::vector<GraphBuilder::NodeSpec> nodes,
    const std::string& stem,
    const std::string& result,
    GraphBuilder& builder);

[[nodiscard]] GraphBuilder::NodeSpec cast_node(DataType to);

/// The chain that makes codes, number - shift, of numbers: in bytes where their
/// steps fit these.
///
/// @param type   of the codes: int8 or uint8
/// @param shift  broadcasts to the numbers
/// @param name   that the shift gets
[[nodiscard]] std::vector<GraphBuilder::NodeSpec> code_nodes(
    int bits,
    DataType type,
    const Constant& shift,
    const std::string& name,
    GraphBuilder& builder);

}  // namespace ompq::detail
