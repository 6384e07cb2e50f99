// SPDX-License-Identifier: MIT
#include <functional>
#include <numeric>
#include <string>
#include <utility>

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/data/npy.h"

namespace ompq {
namespace {

/// The header of version 1, padded so that elements begin at a multiple of 64.
std::string header_bytes(
    std::string_view descr, std::span<const std::int64_t> shape) {
  constexpr std::size_t kPrefix = 10;
  constexpr std::size_t kAlignment = 64;
  std::string text = fmt::format(
      "{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
      descr,
      fmt::join(shape, ", "),
      shape.size() == 1 ? "," : "");
  const std::size_t unpadded = kPrefix + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  text += '\n';
  OMPQ_CHECK(
      text.size() <= 0xFFFF,
      ErrorCode::InvalidArgument,
      "[write_npy] a shape of {} dimensions is too long",
      shape.size());
  std::string header = "\x93NUMPY";
  header += '\x01';
  header += '\0';
  header += static_cast<char>(text.size() & 0xFFU);
  header += static_cast<char>(text.size() >> 8U);
  return header + text;
}

template <typename T>
void write(
    const std::filesystem::path& path,
    std::string_view descr,
    std::span<const std::int64_t> shape,
    std::span<const T> elements) {
  const std::int64_t count = std::accumulate(
      shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  OMPQ_CHECK(
      std::cmp_equal(count, elements.size()),
      ErrorCode::InvalidArgument,
      "[write_npy] {}: shape {} has {} elements, got {}",
      path.string(),
      shape_text(shape),
      count,
      elements.size());
  std::string bytes = header_bytes(descr, shape);
  bytes.append(
      reinterpret_cast<const char*>(elements.data()),
      elements.size() * sizeof(T));
  write_file_atomically(path, bytes);
}

}  // namespace

void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const float> elements) {
  write(path, "<f4", shape, elements);
}

void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const std::uint8_t> elements) {
  write(path, "|u1", shape, elements);
}

void write_npy(
    const std::filesystem::path& path,
    std::span<const std::int64_t> shape,
    std::span<const std::int64_t> elements) {
  write(path, "<i8", shape, elements);
}

}  // namespace ompq
