// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ompq/graph/constant.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The DataType with the number `number`, unless ompq does not know it
/// (complex numbers, 8-bit floats).
[[nodiscard]] std::optional<DataType> known_data_type(int number);

/// Why a tensor cannot be used although the file is valid: strings, complex
/// numbers, 8-bit floats, segments; nullopt if it can.
[[nodiscard]] std::optional<std::string> unsupported_tensor(
    const onnx::TensorProto& tensor);

/// The tensor as a constant, whichever field holds its elements.
///
/// @param folder  holds external data
/// @param name    for errors
/// @throws Error{InvalidFile}   the bytes do not fit type and shape
/// @throws Error{InvalidModel}  negative or huge dimensions, NaN
/// @throws Error{NotFound}      the external data do not exist
[[nodiscard]] Constant constant_from_tensor(
    const onnx::TensorProto& tensor,
    const std::filesystem::path& folder,
    const std::string& name);

/// The constant as a tensor with raw data.
[[nodiscard]] onnx::TensorProto tensor_from_constant(
    const Constant& constant, const std::string& name);

}  // namespace ompq::detail
