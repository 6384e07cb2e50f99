// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Element type of an array file; all are little-endian.
enum class NpyType {
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float16,
  Float32,
  Float64,
};

/// NumPy's name of the type, e.g. "float32".
[[nodiscard]] OMPQ_API std::string_view to_string(NpyType type);

/// Size of one element in bytes.
[[nodiscard]] OMPQ_API std::int64_t element_size(NpyType type);

/// True for Float16, Float32 and Float64.
[[nodiscard]] OMPQ_API bool is_floating_point(NpyType type);

/// An array in row-major (C) order, whose elements lie in a mapped file or in
/// a buffer that it keeps alive. Copies share the elements.
struct NpyArray {
  /// What errors call the array: the file, or "file.npz[images]".
  std::string name;
  NpyType type = NpyType::UInt8;
  std::vector<std::int64_t> shape;
  /// Product of shape x element_size(type) bytes, not necessarily aligned.
  std::span<const std::uint8_t> bytes;
  /// Keeps `bytes` alive.
  std::shared_ptr<const void> owner;

  /// Product of the shape.
  [[nodiscard]] OMPQ_API std::int64_t element_count() const;
};

/// Text of a shape: "[32, 224, 224, 3]".
[[nodiscard]] OMPQ_API std::string shape_text(
    std::span<const std::int64_t> shape);

/// Reads an array file, versions 1 to 3 of the format; the elements are mapped,
/// not read.
///
/// @throws Error{NotFound}     no such file
/// @throws Error{InvalidFile}  not an .npy file, damaged header, truncated
/// @throws Error{Unsupported}  Fortran order, big-endian, object, structured,
///                             complex, text and other element types; names
///                             what was found and how to convert it
/// @source NumPy enhancement proposal 1 and numpy.lib.format
[[nodiscard]] OMPQ_API NpyArray read_npy(const std::filesystem::path& path);

/// read_npy() of the contents of a file.
///
/// @param owner  keeps `bytes` alive
[[nodiscard]] OMPQ_API NpyArray parse_npy(
    std::span<const std::uint8_t> bytes,
    std::shared_ptr<const void> owner,
    std::string name);

/// Elements [first, first + count) of the array in row-major order as float32;
/// integers and float64 are rounded to the nearest.
[[nodiscard]] OMPQ_API std::vector<float> read_floats(
    const NpyArray& array, std::int64_t first, std::int64_t count);

/// All elements as int64.
///
/// @throws Error{InvalidData}  floating-point type, or a value above 2^63 - 1
[[nodiscard]] OMPQ_API std::vector<std::int64_t> read_integers(
    const NpyArray& array);

/// Writes an array file (version 1), whole or not at all.
///
/// @param elements  row-major, as many as the product of `shape`
/// @throws Error{InvalidArgument}  their number does not fit the shape
/// @throws Error{OutputFailed}
OMPQ_API void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const float> elements);
OMPQ_API void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const std::uint8_t> elements);
OMPQ_API void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const std::int64_t> elements);

}  // namespace ompq
