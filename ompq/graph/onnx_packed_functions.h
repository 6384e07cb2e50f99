// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_set>

#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The functions of a file that unpack weights and are, with all that they
/// call, those of packed_functions() to the byte: what a call of one computes
/// is known without expanding it. Empty if a function of their domain is
/// another one; the calls are then expanded like those of any file.
[[nodiscard]] std::unordered_set<const onnx::FunctionProto*>
packed_function_calls(const onnx::ModelProto& model);

}  // namespace ompq::detail
