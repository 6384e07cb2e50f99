// SPDX-License-Identifier: MIT
#include "ompq/graph/packed_weight.h"

#include "ompq/core/error.h"
#include "ompq/core/units.h"
#include "ompq/plan/size_model.h"

namespace ompq {
namespace {

/// Bytes of a plane of `count` elements of `width` bits.
std::size_t plane_bytes(std::size_t count, int width) {
  const auto per_byte = static_cast<std::size_t>(kBitsPerByte / width);
  return (count + per_byte - 1) / per_byte;
}

std::uint32_t low_bits(int width) {
  return (1U << static_cast<unsigned>(width)) - 1U;
}

/// Where element i of a plane of m bytes lies.
struct Place {
  std::size_t byte;
  unsigned shift;
};

Place place_of(std::size_t i, std::size_t bytes, int width) {
  return {
      .byte = i % bytes,
      .shift = static_cast<unsigned>(i / bytes) * static_cast<unsigned>(width)};
}

}  // namespace

std::vector<Constant> pack_codes(
    std::span<const std::uint32_t> codes, int bits) {
  std::vector<Constant> planes;
  unsigned shift = 0;
  for (const int width : bit_planes(bits)) {
    const std::size_t size = plane_bytes(codes.size(), width);
    std::vector<std::uint8_t> bytes(size, 0);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const Place place = place_of(i, size, width);
      const std::uint32_t part = (codes[i] >> shift) & low_bits(width);
      bytes[place.byte] |= static_cast<std::uint8_t>(part << place.shift);
    }
    planes.push_back(Constant::from(bytes, {static_cast<std::int64_t>(size)}));
    shift += static_cast<unsigned>(width);
  }
  return planes;
}

std::int64_t count_packed(
    const Constant& plane, int bits, const std::string& where) {
  OMPQ_CHECK(
      plane.type() == DataType::UInt8 && plane.shape().size() == 1,
      ErrorCode::InvalidModel,
      "[packed] {}: its first bit plane is {} {}, not bytes. The file is "
      "damaged or was changed",
      where,
      to_string(plane.type()),
      to_string(plane.shape()));
  return plane.size() * (kBitsPerByte / bit_planes(bits).front());
}

std::vector<std::uint32_t> unpack_codes(
    std::span<const Constant> planes,
    int bits,
    std::int64_t count,
    const std::string& where) {
  const std::vector<int> widths = bit_planes(bits);
  OMPQ_CHECK(
      planes.size() == widths.size(),
      ErrorCode::InvalidModel,
      "[packed] {}: {} bit planes for weights of {} bits; expected {}",
      where,
      planes.size(),
      bits,
      widths.size());
  // Sizes first: a damaged shape may ask for more than any memory holds.
  for (std::size_t p = 0; p < widths.size(); ++p) {
    const std::size_t size =
        plane_bytes(static_cast<std::size_t>(count), widths[p]);
    OMPQ_CHECK(
        planes[p].type() == DataType::UInt8 &&
            planes[p].shape() == Shape{static_cast<std::int64_t>(size)},
        ErrorCode::InvalidModel,
        "[packed] {}: bit plane {} is {} {}; {} weights of {} bits need uint8 "
        "[{}]. The file is damaged or was changed",
        where,
        p,
        to_string(planes[p].type()),
        to_string(planes[p].shape()),
        count,
        bits,
        size);
  }
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(count), 0);
  unsigned shift = 0;
  for (std::size_t p = 0; p < widths.size(); ++p) {
    const std::size_t size = plane_bytes(codes.size(), widths[p]);
    const auto bytes = planes[p].elements<std::uint8_t>();
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const Place place = place_of(i, size, widths[p]);
      const std::uint32_t part =
          (std::uint32_t{bytes[place.byte]} >> place.shift) &
          low_bits(widths[p]);
      codes[i] |= part << shift;
    }
    shift += static_cast<unsigned>(widths[p]);
  }
  return codes;
}

}  // namespace ompq
