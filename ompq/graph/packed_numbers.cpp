// SPDX-License-Identifier: MIT
#include "ompq/graph/packed_numbers.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ompq/core/error.h"

namespace ompq::detail {

void check_packed_numbers(
    const std::string& where,
    const Shape& weight,
    const PackedNumbers& given,
    const char* role) {
  const Shape& numbers = given.numbers.shape();
  bool fits = given.numbers.size() == 1 || numbers.size() == weight.size();
  for (std::size_t axis = 0; fits && axis < numbers.size(); ++axis) {
    const bool is_blocked =
        given.block > 0 && axis == static_cast<std::size_t>(given.axis);
    const std::int64_t whole = given.numbers.size() == 1 ? 1 : weight[axis];
    const std::int64_t expected =
        is_blocked ? (whole + given.block - 1) / given.block : whole;
    fits = numbers[axis] == 1 || numbers[axis] == expected;
  }
  OMPQ_CHECK(
      fits,
      ErrorCode::InvalidModel,
      "[packed] {}: its {} {} does not fit weights {}. The file is damaged or "
      "was changed",
      where,
      role,
      to_string(numbers),
      to_string(weight));
}

std::optional<std::size_t> axis_of(const Constant& numbers) {
  const Shape& shape = numbers.shape();
  const auto found = std::find_if(
      shape.begin(), shape.end(), [](std::int64_t size) { return size != 1; });
  return found == shape.end()
             ? std::nullopt
             : std::optional<std::size_t>(found - shape.begin());
}

Constant minus_shift(
    const Constant& numbers, const Constant& shift, DataType type) {
  const Constant wide = numbers.cast(DataType::Int32);
  const auto elements = wide.elements<std::int32_t>();
  const Constant wide_shift = shift.cast(DataType::Int32);
  const auto shifts = wide_shift.elements<std::int32_t>();
  const Shape& shape = numbers.shape();
  std::size_t stride = 1;
  for (std::size_t i = axis_of(shift).value_or(0) + 1; i < shape.size(); ++i) {
    stride *= static_cast<std::size_t>(shape[i]);
  }
  std::vector<std::int32_t> codes(elements.begin(), elements.end());
  std::size_t channel = 0;
  for (std::size_t begin = 0; begin < codes.size(); begin += stride) {
    const auto by =
        static_cast<std::uint32_t>(shifts[channel++ % shifts.size()]);
    for (std::size_t i = begin; i < begin + stride; ++i) {
      // Damaged files may hold anything: this wraps around.
      codes[i] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(codes[i]) - by);
    }
  }
  return Constant::from(codes, shape).cast(type);
}

Constant in_dequantize_form(const PackedNumbers& given, std::int64_t channels) {
  const Constant& numbers = given.numbers;
  if (given.block > 0 && numbers.size() > 1) {
    return numbers;
  }
  if (channels == 0 || numbers.size() == channels) {
    return numbers.reshaped(channels == 0 ? Shape{} : Shape{channels});
  }
  const std::vector<double> same(
      static_cast<std::size_t>(channels), numbers.to_double().front());
  return Constant::from(same, {channels}).cast(numbers.type());
}

void check_parts(
    const std::string& where,
    const std::vector<std::int64_t>& sizes,
    std::size_t parts,
    std::int64_t rows) {
  std::int64_t rest = rows;
  bool fits = sizes.size() == parts;
  for (const std::int64_t size : sizes) {
    fits = fits && size >= 0 && size <= rest;
    rest -= fits ? size : 0;
  }
  OMPQ_CHECK(
      fits && rest == 0,
      ErrorCode::InvalidModel,
      "[packed] {}: cuts {} rows into parts of other sizes. The file is "
      "damaged or was changed",
      where,
      rows);
}

Constant slice_rows(
    const Constant& constant, std::int64_t begin, std::int64_t end) {
  Shape shape = constant.shape();
  const auto bytes = constant.bytes();
  const std::size_t row =
      shape.front() == 0
          ? 0
          : bytes.size() / static_cast<std::size_t>(shape.front());
  const auto part = bytes.subspan(
      row * static_cast<std::size_t>(begin),
      row * static_cast<std::size_t>(end - begin));
  shape.front() = end - begin;
  return Constant(
      constant.type(), std::move(shape), {part.begin(), part.end()});
}

PackedNumbers slice_rows(
    const PackedNumbers& given,
    std::int64_t rows,
    std::int64_t begin,
    std::int64_t end) {
  const Shape& shape = given.numbers.shape();
  if (given.numbers.size() == 1 || shape.front() != rows) {
    return given;
  }
  return {slice_rows(given.numbers, begin, end), given.block, given.axis};
}

}  // namespace ompq::detail
