// SPDX-License-Identifier: MIT
#include "ompq/data/inflate.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include <zlib.h>

namespace ompq::detail {

std::optional<std::vector<std::uint8_t>> inflate_raw(
    std::span<const std::uint8_t> packed, std::uint64_t size) {
  // Deflate cannot pack better than this; a larger claim is damage or a bomb.
  constexpr std::uint64_t kMaxRatio = 1032;
  constexpr std::size_t kMaxStep = std::numeric_limits<uInt>::max();
  constexpr int kRawDeflate = -MAX_WBITS;
  if (size / kMaxRatio > packed.size()) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> bytes(size);
  z_stream stream{};
  int status = inflateInit2(&stream, kRawDeflate);
  std::size_t taken = 0;
  std::size_t made = 0;
  while (status == Z_OK) {
    const std::size_t input = std::min(kMaxStep, packed.size() - taken);
    const std::size_t output = std::min(kMaxStep, bytes.size() - made);
    stream.next_in = const_cast<Bytef*>(packed.data() + taken);
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = bytes.data() + made;
    stream.avail_out = static_cast<uInt>(output);
    // Without progress this returns Z_BUF_ERROR, which ends the loop.
    status = inflate(&stream, Z_NO_FLUSH);
    taken += input - stream.avail_in;
    made += output - stream.avail_out;
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || made != bytes.size()) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace ompq::detail
