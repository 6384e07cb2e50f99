// SPDX-License-Identifier: MIT
#include "tests/data/image_writer.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <jpeglib.h>
#include <png.h>

namespace ompq {
namespace {

J_COLOR_SPACE color_space(int channels) {
  if (channels == 1) {
    return JCS_GRAYSCALE;
  }
  return channels == 3 ? JCS_RGB : JCS_CMYK;
}

int png_color_type(PngOptions::Kind kind) {
  switch (kind) {
    case PngOptions::Kind::Grey:
      return PNG_COLOR_TYPE_GRAY;
    case PngOptions::Kind::GreyAlpha:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case PngOptions::Kind::Rgb:
      return PNG_COLOR_TYPE_RGB;
    case PngOptions::Kind::Rgba:
      return PNG_COLOR_TYPE_RGB_ALPHA;
    case PngOptions::Kind::Palette:
      break;
  }
  return PNG_COLOR_TYPE_PALETTE;
}

void write_exif(jpeg_compress_struct& info, const JpegOptions& options) {
  if (options.orientation) {
    FileBytes exif = {'E', 'x', 'i', 'f', 0, 0};
    const FileBytes tiff =
        orientation_block(*options.orientation, options.byte_order);
    exif.insert(exif.end(), tiff.begin(), tiff.end());
    jpeg_write_marker(
        &info, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
  }
}

/// Palette and EXIF block, as far as the options ask for them.
void set_png_extras(
    png_structp png, png_infop info, const PngOptions& options) {
  std::vector<png_color> colors;
  for (std::size_t i = 0; i + 2 < options.palette.size(); i += 3) {
    colors.push_back(
        {options.palette[i], options.palette[i + 1], options.palette[i + 2]});
  }
  if (!colors.empty()) {
    png_set_PLTE(png, info, colors.data(), static_cast<int>(colors.size()));
  }
  if (options.orientation) {
    FileBytes exif = orientation_block(*options.orientation, 'M');
    png_set_eXIf_1(
        png, info, static_cast<png_uint_32>(exif.size()), exif.data());
  }
}

void append(png_structp png, png_bytep data, std::size_t size) {
  auto* file = static_cast<FileBytes*>(png_get_io_ptr(png));
  file->insert(file->end(), data, data + size);
}

}  // namespace

FileBytes orientation_block(int orientation, char byte_order) {
  const auto o = static_cast<unsigned char>(orientation);
  if (byte_order == 'M') {
    return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
            3,   0,   0, 0,  1, 0, o, 0, 0, 0, 0,    0,    0};
  }
  return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
          0,   1,   0,  0, 0, o, 0, 0, 0, 0, 0,    0,    0};
}

FileBytes write_jpeg(
    const std::vector<std::uint8_t>& pixels,
    std::int64_t height,
    std::int64_t width,
    const JpegOptions& options) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_height = static_cast<JDIMENSION>(height);
  info.image_width = static_cast<JDIMENSION>(width);
  info.input_components = options.channels;
  info.in_color_space = color_space(options.channels);
  jpeg_set_defaults(&info);
  if (options.ycck) {
    jpeg_set_colorspace(&info, JCS_YCCK);
  }
  jpeg_set_quality(&info, options.quality, TRUE);
  if (options.progressive) {
    jpeg_simple_progression(&info);
  }
  jpeg_start_compress(&info, TRUE);
  write_exif(info, options);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<JSAMPROW>(
        pixels.data() + static_cast<std::int64_t>(info.next_scanline) * width *
                            options.channels);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const FileBytes file(buffer, buffer + size);
  std::free(buffer);
  return file;
}

FileBytes write_png(
    const std::vector<std::uint8_t>& samples,
    std::int64_t height,
    std::int64_t width,
    const PngOptions& options) {
  FileBytes file;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, append, nullptr);
  png_set_IHDR(
      png,
      info,
      static_cast<png_uint_32>(width),
      static_cast<png_uint_32>(height),
      options.depth,
      png_color_type(options.kind),
      options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT,
      PNG_FILTER_TYPE_DEFAULT);
  set_png_extras(png, info, options);
  png_write_info(png, info);
  if (options.depth < 8) {
    png_set_packing(png);
  }
  const std::size_t row_size =
      samples.size() / static_cast<std::size_t>(height);
  std::vector<png_bytep> rows;
  for (std::int64_t row = 0; row < height; ++row) {
    rows.push_back(
        const_cast<png_bytep>(samples.data()) +
        static_cast<std::size_t>(row) * row_size);
  }
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

Image gradient_image(std::int64_t height, std::int64_t width) {
  Image image{height, width, {}};
  for (std::int64_t row = 0; row < height; ++row) {
    for (std::int64_t column = 0; column < width; ++column) {
      const std::int64_t across = 200 * column / width;
      const std::int64_t down = 200 * row / height;
      image.pixels.push_back(static_cast<std::uint8_t>(20 + across));
      image.pixels.push_back(static_cast<std::uint8_t>(20 + down));
      image.pixels.push_back(static_cast<std::uint8_t>(120));
    }
  }
  return image;
}

}  // namespace ompq
