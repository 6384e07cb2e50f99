// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/export/value_grids.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// QuantizeLinear -> [Clip of codes] -> DequantizeLinear in uint8. The Clip
/// limits codes to those that occur, if others could.
///
/// @param stem    what names of constants and of values in between begin with
/// @param result  name of the float32 value that the last node must compute
[[nodiscard]] std::vector<GraphBuilder::NodeSpec> byte_quantizer_nodes(
    const ByteGrid& grid,
    const Value& value,
    const std::string& stem,
    const std::string& result,
    GraphBuilder& builder);

}  // namespace ompq::detail
