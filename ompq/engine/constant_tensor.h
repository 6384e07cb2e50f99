// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"

namespace ompq {

/// The tensor type that holds elements of `type`. Types that libtorch 1.13
/// lacks are held in a wider one: uint16 in int32, uint32 and uint64 in int64;
/// int4 and int2 in int8, uint4 and uint2 in uint8.
///
/// @throws Error{Unsupported}  String or Undefined
[[nodiscard]] OMPQ_API c10::ScalarType to_scalar_type(DataType type);

/// The ONNX type of a tensor's elements.
///
/// @throws Error{Unsupported}  complex and quantized tensors
[[nodiscard]] OMPQ_API DataType to_data_type(c10::ScalarType type);

/// A tensor on the CPU with the constant's elements, a copy; packed integers
/// are unpacked. uint64 elements above 2^63 - 1 wrap around.
///
/// @return contiguous, of the constant's shape and to_scalar_type(its type)
/// @throws Error{Unsupported}  String
[[nodiscard]] OMPQ_API at::Tensor to_tensor(const Constant& constant);

/// A constant with the tensor's elements, detached and row-major.
[[nodiscard]] OMPQ_API Constant to_constant(const at::Tensor& tensor);

}  // namespace ompq
