// SPDX-License-Identifier: MIT
#include "ompq/data/png_decoder.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include <png.h>

#include "ompq/core/error.h"
#include "ompq/data/exif_orientation.h"
#include "ompq/data/image_limits.h"

namespace ompq::detail {
namespace {

/// libpng's state for one file. Its errors jump back into the member function
/// that called it; these hold nothing that has a destructor.
class PngReader {
 public:
  explicit PngReader(std::span<const std::uint8_t> bytes);
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  /// Reads up to the pixels and asks for 8-bit RGB.
  /// @return false on an error; message() says which
  [[nodiscard]] bool read_header();
  /// Fills `pixels`, [height, width, 3].
  [[nodiscard]] bool read_pixels(std::uint8_t* pixels);

  [[nodiscard]] std::int64_t height() const {
    return png_get_image_height(png_, info_);
  }
  [[nodiscard]] std::int64_t width() const {
    return png_get_image_width(png_, info_);
  }
  /// Bytes of a decoded row.
  [[nodiscard]] std::size_t row_size() const {
    return png_get_rowbytes(png_, info_);
  }
  [[nodiscard]] int orientation() const;
  [[nodiscard]] const char* message() const { return message_.data(); }

 private:
  static void on_error(png_structp png, png_const_charp message);
  static void on_warning(png_structp png, png_const_charp message);
  static void on_read(png_structp png, png_bytep target, std::size_t size);

  std::span<const std::uint8_t> unread_;
  std::array<char, 200> message_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

PngReader::PngReader(std::span<const std::uint8_t> bytes) : unread_(bytes) {
  png_ =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
  OMPQ_ASSERT(info_ != nullptr, "libpng has memory and its own version");
}

void PngReader::on_error(png_structp png, png_const_charp message) {
  auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
  // The last element stays the terminating zero.
  std::strncpy(reader->message_.data(), message, reader->message_.size() - 1);
  png_longjmp(png, 1);
}

/// Warnings concern colour profiles, texts and the like, never the pixels.
void PngReader::on_warning(png_structp png, png_const_charp message) {
  static_cast<void>(png);
  static_cast<void>(message);
}

void PngReader::on_read(png_structp png, png_bytep target, std::size_t size) {
  auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
  if (size > reader->unread_.size()) {
    png_error(png, "the file ends early");
  }
  std::memcpy(target, reader->unread_.data(), size);
  reader->unread_ = reader->unread_.subspan(size);
}

bool PngReader::read_header() {
  if (setjmp(png_jmpbuf(png_)) != 0) {
    return false;
  }
  png_set_read_fn(png_, this, on_read);
  png_read_info(png_, info_);
  png_set_expand(png_);
  png_set_scale_16(png_);
  png_set_gray_to_rgb(png_);
  png_set_strip_alpha(png_);
  static_cast<void>(png_set_interlace_handling(png_));
  png_read_update_info(png_, info_);
  return true;
}

bool PngReader::read_pixels(std::uint8_t* pixels) {
  if (setjmp(png_jmpbuf(png_)) != 0) {
    return false;
  }
  const std::size_t row_size = png_get_rowbytes(png_, info_);
  const bool is_interlaced =
      png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
  const int passes = is_interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1;
  const png_uint_32 rows = png_get_image_height(png_, info_);
  for (int pass = 0; pass < passes; ++pass) {
    for (png_uint_32 row = 0; row < rows; ++row) {
      png_read_row(png_, pixels + row * row_size, nullptr);
    }
  }
  png_read_end(png_, info_);
  return true;
}

int PngReader::orientation() const {
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(png_, info_, &size, &exif) == 0 || exif == nullptr) {
    return 1;
  }
  return exif_orientation({exif, size});
}

}  // namespace

Image decode_png(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits) {
  PngReader reader(bytes);
  OMPQ_CHECK(
      reader.read_header(),
      ErrorCode::InvalidData,
      "{}: truncated or damaged PNG file: {}",
      name,
      reader.message());
  check_image_size(reader.height(), reader.width(), name, limits);
  OMPQ_ASSERT(
      std::cmp_equal(reader.row_size(), reader.width() * 3),
      "libpng was asked for 8-bit RGB");
  std::vector<std::uint8_t> pixels(
      static_cast<std::size_t>(reader.height() * reader.width() * 3));
  OMPQ_CHECK(
      reader.read_pixels(pixels.data()),
      ErrorCode::InvalidData,
      "{}: truncated or damaged PNG file: {}",
      name,
      reader.message());
  return upright(
      Image{reader.height(), reader.width(), std::move(pixels)},
      reader.orientation());
}

}  // namespace ompq::detail
