// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph_builder_state.h"

namespace ompq::detail {

/// Gives every graph output back the name it had before replace_uses():
/// renames the value that took its place or, where that value has to keep its
/// name (an input, a constant, another output), adds an Identity node.
void restore_output_names(GraphBuilder::State& state);

}  // namespace ompq::detail
