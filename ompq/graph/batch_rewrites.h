// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "ompq/graph/constant.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// A constant input that lets a node follow the batch.
struct InputRewrite {
  std::size_t index = 0;
  Constant constant;
};

/// What a node must read to treat two samples as it treats one; nullopt if
/// what it reads is right already or nothing helps.
///
/// @param single   the node's inputs for one sample
/// @param twofold  the same for two samples
/// @param result   shape of the node's output for one sample
[[nodiscard]] std::optional<InputRewrite> rewrite_for_batch(
    const NodeFacts& single, const NodeFacts& twofold, const Shape& result);

}  // namespace ompq
