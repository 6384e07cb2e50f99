// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Inputs or outputs of a node, in its order; an undefined tensor stands for an
/// optional one that is left out.
using Tensors = std::vector<at::Tensor>;

/// A node ready to run: attributes are read and checked once, at creation.
/// Pure: does not change its inputs, keeps no state, may run in any thread;
/// outputs may share storage with inputs. Built from differentiable tensor
/// operations, so that gradients flow where autograd is on.
using Operator = std::function<Tensors(const Tensors& inputs)>;

/// Makes the operator of a node.
///
/// @param node   canonical form
/// @param graph  the node's graph, for constants and shapes
/// @throws Error{Unsupported}   the operator, or a mode of it, is not known
/// @throws Error{InvalidModel}  an attribute has an invalid value
[[nodiscard]] OMPQ_API Operator
make_operator(const Node& node, const Graph& graph);

}  // namespace ompq
