// SPDX-License-Identifier: MIT
#include "ompq/data/decode_image.h"

#include <cstdlib>
#include <tuple>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/data/image_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using Pixels = std::vector<std::uint8_t>;

/// JPEG at quality 95 changes smooth pictures by this much at most.
constexpr int kJpegTolerance = 8;

Image decode(const FileBytes& file) {
  return decode_image(file, "test");
}

void expect_near(const Image& image, const Image& expected, int tolerance) {
  ASSERT_EQ(image.height, expected.height);
  ASSERT_EQ(image.width, expected.width);
  ASSERT_EQ(image.pixels.size(), expected.pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    ASSERT_LE(std::abs(image.pixels[i] - expected.pixels[i]), tolerance)
        << "byte " << i;
  }
}

/// The picture as a camera held in that orientation would store it. By the
/// definition of the tag, row 0 of the file shows the top (1, 2), bottom (3,
/// 4), left (5, 8) or right (6, 7) of the scene, and column 0 the left (1, 4),
/// right (2, 3), top (5, 6) or bottom (7, 8).
Image stored_in_orientation(const Image& upright, int orientation) {
  const bool swaps = orientation >= 5;
  const bool right_first = orientation == 2 || orientation == 3 ||
                           orientation == 6 || orientation == 7;
  const bool bottom_first = orientation == 3 || orientation == 4 ||
                            orientation == 7 || orientation == 8;
  Image stored{
      swaps ? upright.width : upright.height,
      swaps ? upright.height : upright.width,
      {}};
  for (std::int64_t row = 0; row < stored.height; ++row) {
    for (std::int64_t column = 0; column < stored.width; ++column) {
      const std::int64_t down = swaps ? column : row;
      const std::int64_t across = swaps ? row : column;
      const std::int64_t y = bottom_first ? upright.height - 1 - down : down;
      const std::int64_t x = right_first ? upright.width - 1 - across : across;
      const auto pixel = upright.pixels.begin() + (y * upright.width + x) * 3;
      stored.pixels.insert(stored.pixels.end(), pixel, pixel + 3);
    }
  }
  return stored;
}

TEST(DetectImageFormat, LooksAtTheFirstBytes) {
  const Image image = gradient_image(8, 8);
  EXPECT_EQ(
      detect_image_format(write_jpeg(image.pixels, 8, 8)), ImageFormat::Jpeg);
  EXPECT_EQ(
      detect_image_format(write_png(image.pixels, 8, 8)), ImageFormat::Png);
  EXPECT_EQ(detect_image_format(FileBytes{'G', 'I'}), ImageFormat::Unknown);
}

TEST(DecodeJpeg, KeepsColours) {
  const Image image = gradient_image(37, 53);
  expect_near(decode(write_jpeg(image.pixels, 37, 53)), image, kJpegTolerance);
}

TEST(DecodeJpeg, ReadsProgressiveFiles) {
  const Image image = gradient_image(37, 53);
  expect_near(
      decode(write_jpeg(image.pixels, 37, 53, {.progressive = true})),
      image,
      kJpegTolerance);
}

TEST(DecodeJpeg, RepeatsGreyInThreeChannels) {
  const Pixels grey(16 * 16, 77);
  expect_near(
      decode(write_jpeg(grey, 16, 16, {.channels = 1})),
      Image{16, 16, Pixels(16 * 16 * 3, 77)},
      1);
}

class DecodeCmyk : public testing::TestWithParam<bool> {};

TEST_P(DecodeCmyk, TakesInksAsInvertedAndDimsByBlack) {
  // Stored 255 - ink: cyan 55, magenta 155, yellow 5, black 51.
  Pixels cmyk;
  for (int i = 0; i < 16 * 16; ++i) {
    cmyk.insert(cmyk.end(), {200, 100, 250, 204});
  }
  const Image image =
      decode(write_jpeg(cmyk, 16, 16, {.channels = 4, .ycck = GetParam()}));
  // light = stored ink x stored black / 255
  Pixels expected;
  for (int i = 0; i < 16 * 16; ++i) {
    expected.insert(expected.end(), {160, 80, 200});
  }
  expect_near(image, {16, 16, expected}, 2);
}

INSTANTIATE_TEST_SUITE_P(PlainAndYcck, DecodeCmyk, testing::Bool());

class DecodeOrientation : public testing::TestWithParam<int> {};

TEST_P(DecodeOrientation, TurnsJpegUpright) {
  const Image upright = gradient_image(24, 40);
  const Image stored = stored_in_orientation(upright, GetParam());
  for (const char order : {'I', 'M'}) {
    const FileBytes file = write_jpeg(
        stored.pixels,
        stored.height,
        stored.width,
        {.orientation = GetParam(), .byte_order = order});
    expect_near(decode(file), upright, kJpegTolerance);
  }
}

TEST_P(DecodeOrientation, TurnsPngUpright) {
  const Image upright = gradient_image(24, 40);
  const Image stored = stored_in_orientation(upright, GetParam());
  const FileBytes file = write_png(
      stored.pixels, stored.height, stored.width, {.orientation = GetParam()});
  expect_near(decode(file), upright, 0);
}

INSTANTIATE_TEST_SUITE_P(AllEight, DecodeOrientation, testing::Range(1, 9));

TEST(DecodeJpeg, IgnoresAnOrientationThatDoesNotExist) {
  const Image image = gradient_image(24, 40);
  for (const int orientation : {0, 9, 200}) {
    expect_near(
        decode(write_jpeg(image.pixels, 24, 40, {.orientation = orientation})),
        image,
        kJpegTolerance);
  }
}

TEST(DecodePng, KeepsRgbExactly) {
  const Image image = gradient_image(19, 23);
  expect_near(decode(write_png(image.pixels, 19, 23)), image, 0);
}

TEST(DecodePng, ReadsInterlacedFiles) {
  const Image image = gradient_image(19, 23);
  expect_near(
      decode(write_png(image.pixels, 19, 23, {.interlaced = true})), image, 0);
}

TEST(DecodePng, DropsAlpha) {
  const Pixels rgba = {10, 20, 30, 0, 40, 50, 60, 255};
  const Image image =
      decode(write_png(rgba, 1, 2, {.kind = PngOptions::Kind::Rgba}));
  EXPECT_EQ(image.pixels, (Pixels{10, 20, 30, 40, 50, 60}));
}

TEST(DecodePng, RepeatsGreyAndDropsItsAlpha) {
  const Pixels grey_alpha = {10, 0, 200, 255};
  const Image image = decode(
      write_png(grey_alpha, 1, 2, {.kind = PngOptions::Kind::GreyAlpha}));
  EXPECT_EQ(image.pixels, (Pixels{10, 10, 10, 200, 200, 200}));
}

TEST(DecodePng, StretchesOneBitGrey) {
  const Image image = decode(
      write_png({0, 1, 1}, 1, 3, {.kind = PngOptions::Kind::Grey, .depth = 1}));
  EXPECT_EQ(image.pixels, (Pixels{0, 0, 0, 255, 255, 255, 255, 255, 255}));
}

TEST(DecodePng, LooksUpThePalette) {
  for (const int depth : {2, 8}) {
    const Image image = decode(write_png(
        {2, 0, 1},
        1,
        3,
        {.kind = PngOptions::Kind::Palette,
         .depth = depth,
         .palette = {1, 2, 3, 4, 5, 6, 7, 8, 9}}));
    EXPECT_EQ(image.pixels, (Pixels{7, 8, 9, 1, 2, 3, 4, 5, 6}));
  }
}

TEST(DecodePng, RoundsSixteenBitsToEight) {
  // 0x1234 / 257 = 18.13, 0x80FF / 257 = 128.5 up, 0xFFFF / 257 = 255.
  const Pixels samples = {0x12, 0x34, 0x81, 0x02, 0xFF, 0xFF};
  const Image image = decode(write_png(samples, 1, 1, {.depth = 16}));
  EXPECT_EQ(image.pixels, (Pixels{18, 129, 255}));
}

TEST(DecodeImage, NamesATruncatedFile) {
  const Image image = gradient_image(64, 64);
  const std::vector<FileBytes> files = {
      write_jpeg(image.pixels, 64, 64),
      write_jpeg(image.pixels, 64, 64, {.progressive = true}),
      write_png(image.pixels, 64, 64),
      write_png(image.pixels, 64, 64, {.interlaced = true})};
  for (const FileBytes& file : files) {
    for (const std::size_t kept :
         {std::size_t{9}, file.size() / 2, file.size() - 2}) {
      const FileBytes part(
          file.begin(), file.begin() + static_cast<std::ptrdiff_t>(kept));
      expect_error(ErrorCode::InvalidData, "cat.jpg: ", [&] {
        static_cast<void>(decode_image(part, "cat.jpg"));
      });
    }
  }
}

TEST(DecodeImage, NeverCrashesOnDamagedBytes) {
  const Image image = gradient_image(32, 32);
  const std::vector<FileBytes> files = {
      write_jpeg(image.pixels, 32, 32, {.orientation = 6}),
      write_png(image.pixels, 32, 32, {.orientation = 6})};
  for (const FileBytes& file : files) {
    for (std::size_t at = 0; at < file.size(); ++at) {
      FileBytes damaged = file;
      damaged[at] ^= 0x5AU;
      try {
        const Image decoded =
            decode_image(damaged, "x", {.max_pixels = 1 << 20});
        EXPECT_EQ(
            decoded.pixels.size(),
            static_cast<std::size_t>(decoded.height * decoded.width * 3));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidData) << error.what();
      }
    }
  }
}

TEST(DecodePng, ReportsAWrongChecksum) {
  const Image image = gradient_image(32, 32);
  FileBytes file = write_png(image.pixels, 32, 32);
  file[file.size() / 2] ^= 0xFFU;
  expect_error(
      ErrorCode::InvalidData, "PNG", [&] { static_cast<void>(decode(file)); });
}

TEST(DecodeImage, RefusesMorePixelsThanTheLimit) {
  const Image image = gradient_image(20, 30);
  for (const FileBytes& file :
       {write_jpeg(image.pixels, 20, 30), write_png(image.pixels, 20, 30)}) {
    EXPECT_NO_THROW(
        static_cast<void>(decode_image(file, "x", {.max_pixels = 600})));
    expect_error(ErrorCode::InvalidData, "20 x 30 pixels", [&] {
      static_cast<void>(decode_image(file, "x", {.max_pixels = 599}));
    });
  }
}

TEST(DecodeImage, SaysWhatAnUnknownFileBeginsWith) {
  const FileBytes gif = {'G', 'I', 'F', '8'};
  expect_error(ErrorCode::InvalidData, "47 49 46 38", [&] {
    static_cast<void>(decode(gif));
  });
  expect_error(
      ErrorCode::InvalidData, "empty", [] { static_cast<void>(decode({})); });
}

TEST(ReadImage, NamesAMissingFile) {
  const TempDir folder;
  expect_error(ErrorCode::NotFound, "none.png", [&] {
    static_cast<void>(read_image(folder.path() / "none.png"));
  });
}

}  // namespace
}  // namespace ompq
