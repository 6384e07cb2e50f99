// SPDX-License-Identifier: MIT
#include "ompq/data/jpeg_decoder.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

// libjpeg's headers need <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "ompq/core/error.h"
#include "ompq/data/exif_orientation.h"
#include "ompq/data/image_limits.h"

namespace ompq::detail {
namespace {

/// libjpeg's state for one file. Its errors jump back into the member function
/// that called it; these hold nothing that has a destructor.
class JpegReader {
 public:
  JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&info_); }

  /// Reads up to the first scan and chooses RGB or CMYK output.
  /// @return false on an error; message() says which
  [[nodiscard]] bool read_header(std::span<const std::uint8_t> bytes);
  /// Fills `pixels`, [height, width, channels].
  [[nodiscard]] bool read_pixels(std::uint8_t* pixels);

  [[nodiscard]] std::int64_t height() const { return info_.image_height; }
  [[nodiscard]] std::int64_t width() const { return info_.image_width; }
  /// 3 (RGB) or 4 (inverted CMYK).
  [[nodiscard]] std::int64_t channels() const {
    return info_.out_color_space == JCS_CMYK ? 4 : 3;
  }
  [[nodiscard]] int orientation() const;
  [[nodiscard]] const char* message() const { return message_.data(); }

 private:
  static void on_error(j_common_ptr info);
  static void on_message(j_common_ptr info, int level);

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf recovery_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

JpegReader::JpegReader() {
  info_.err = jpeg_std_error(&errors_);
  info_.client_data = this;
  errors_.error_exit = on_error;
  errors_.emit_message = on_message;
}

void JpegReader::on_error(j_common_ptr info) {
  auto* reader = static_cast<JpegReader*>(info->client_data);
  info->err->format_message(info, reader->message_.data());
  std::longjmp(reader->recovery_, 1);
}

/// libjpeg goes on after damage with grey pixels and a warning; such a picture
/// would distort statistics silently, so these warnings are errors here.
/// Harmless ones (extra bytes between segments) stay unnoticed.
void JpegReader::on_message(j_common_ptr info, int level) {
  constexpr int kWarning = -1;
  if (level != kWarning) {
    return;
  }
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      on_error(info);
      break;
    default:
      break;
  }
}

bool JpegReader::read_header(std::span<const std::uint8_t> bytes) {
  constexpr unsigned kWholeSegment = 0xFFFF;
  if (setjmp(recovery_) != 0) {
    return false;
  }
  jpeg_create_decompress(&info_);
  // jpeg_create_decompress() clears all but the error handler.
  info_.client_data = this;
  jpeg_mem_src(&info_, bytes.data(), bytes.size());
  jpeg_save_markers(&info_, JPEG_APP0 + 1, kWholeSegment);
  static_cast<void>(jpeg_read_header(&info_, TRUE));
  const bool is_cmyk =
      info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
  info_.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  info_.dct_method = JDCT_ISLOW;
  return true;
}

bool JpegReader::read_pixels(std::uint8_t* pixels) {
  if (setjmp(recovery_) != 0) {
    return false;
  }
  static_cast<void>(jpeg_start_decompress(&info_));
  const std::size_t row_size = static_cast<std::size_t>(info_.output_width) *
                               static_cast<std::size_t>(channels());
  while (info_.output_scanline < info_.output_height) {
    JSAMPROW row = pixels + info_.output_scanline * row_size;
    static_cast<void>(jpeg_read_scanlines(&info_, &row, 1));
  }
  static_cast<void>(jpeg_finish_decompress(&info_));
  return true;
}

int JpegReader::orientation() const {
  constexpr std::array<char, 6> kExif = {'E', 'x', 'i', 'f', '\0', '\0'};
  for (auto* marker = info_.marker_list; marker; marker = marker->next) {
    if (marker->marker == JPEG_APP0 + 1 && marker->data_length > kExif.size() &&
        std::memcmp(marker->data, kExif.data(), kExif.size()) == 0) {
      return exif_orientation(
          {marker->data + kExif.size(), marker->data_length - kExif.size()});
    }
  }
  return 1;
}

/// round(a * b / 255) in integers.
std::uint8_t scaled_product(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return static_cast<std::uint8_t>((product + (product >> 8U)) >> 8U);
}

/// Inverted CMYK (255 = no ink) to RGB: the light each ink leaves, dimmed by
/// black.
/// @source Pillow's CMYK to RGB conversion, without a colour profile
std::vector<std::uint8_t> rgb_of_inverted_cmyk(
    const std::vector<std::uint8_t>& cmyk) {
  std::vector<std::uint8_t> rgb(cmyk.size() / 4 * 3);
  for (std::size_t pixel = 0; pixel < cmyk.size() / 4; ++pixel) {
    const std::uint8_t* inks = cmyk.data() + pixel * 4;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const unsigned ink = 255U - inks[channel];
      rgb[pixel * 3 + channel] =
          static_cast<std::uint8_t>(inks[3] - scaled_product(ink, inks[3]));
    }
  }
  return rgb;
}

}  // namespace

Image decode_jpeg(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits) {
  JpegReader reader;
  OMPQ_CHECK(
      reader.read_header(bytes),
      ErrorCode::InvalidData,
      "{}: truncated or damaged JPEG file: {}",
      name,
      reader.message());
  check_image_size(reader.height(), reader.width(), name, limits);
  // libjpeg forgets the markers once the last row is read.
  const int orientation = reader.orientation();
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(
      reader.height() * reader.width() * reader.channels()));
  OMPQ_CHECK(
      reader.read_pixels(pixels.data()),
      ErrorCode::InvalidData,
      "{}: truncated or damaged JPEG file: {}",
      name,
      reader.message());
  if (reader.channels() == 4) {
    pixels = rgb_of_inverted_cmyk(pixels);
  }
  return upright(
      Image{reader.height(), reader.width(), std::move(pixels)}, orientation);
}

}  // namespace ompq::detail
