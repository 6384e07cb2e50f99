// SPDX-License-Identifier: MIT
#include "ompq/data/open_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/data/labels.h"
#include "ompq/data/npy.h"
#include "ompq/data/npy_dataset.h"

#include "tests/data/image_writer.h"
#include "tests/data/zip_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using Shape = std::vector<std::int64_t>;

std::filesystem::path write_bytes(
    const TempDir& folder, const Shape& shape, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(i);
  }
  const auto path = folder.path() / "images.npy";
  write_npy(path, shape, bytes);
  return path;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(OpenDataset, ReadsRgbRowsAsImages) {
  const TempDir folder;
  const auto dataset = open_dataset(write_bytes(folder, {2, 1, 2, 3}, 12));

  const Sample sample = dataset->get(1);

  EXPECT_EQ(dataset->size(), 2);
  EXPECT_FALSE(dataset->has_labels());
  EXPECT_EQ(
      dataset->name(1), (folder.path() / "images.npy").string() + ", row 1");
  EXPECT_EQ(sample.image->height, 1);
  EXPECT_EQ(sample.image->width, 2);
  EXPECT_THAT(sample.image->pixels, ElementsAre(6, 7, 8, 9, 10, 11));
}

TEST(OpenDataset, RepeatsGreyRowsInThreeChannels) {
  const TempDir folder;
  for (const Shape& shape : {Shape{2, 1, 2}, Shape{2, 1, 2, 1}}) {
    const auto dataset = open_dataset(write_bytes(folder, shape, 4));
    EXPECT_THAT(dataset->get(1).image->pixels, ElementsAre(2, 2, 2, 3, 3, 3));
  }
}

TEST(OpenDataset, ReadsFloatRowsAsTensors) {
  const TempDir folder;
  const auto path = folder.path() / "x.npy";
  write_npy(path, Shape{2, 1, 1, 2}, std::vector<float>{1, 2, 3, 4});

  const Sample sample = open_dataset(path)->get(1);

  EXPECT_FALSE(sample.image);
  EXPECT_THAT(*sample.tensor, ElementsAre(3.0F, 4.0F));
  EXPECT_THAT(sample.shape, ElementsAre(1, 1, 2));
}

TEST(OpenDataset, RejectsArraysOfAnotherRankOrType) {
  const TempDir folder;
  for (const Shape& shape :
       {Shape{12}, Shape{3, 4}, Shape{1, 3, 2, 2}, Shape{1, 1, 2, 2, 3}}) {
    const auto path = write_bytes(folder, shape, 12);
    expect_error(ErrorCode::InvalidData, shape_text(shape), [&] {
      static_cast<void>(open_dataset(path));
    });
  }
  const auto path = folder.path() / "x.npy";
  write_npy(path, Shape{2}, std::vector<float>{1, 2});
  expect_error(ErrorCode::InvalidData, "rank 2 or more", [&] {
    static_cast<void>(open_dataset(path));
  });
  write_npy(path, Shape{2, 1}, std::vector<std::int64_t>{1, 2});
  expect_error(ErrorCode::InvalidData, "int64", [&] {
    static_cast<void>(open_dataset(path));
  });
}

TEST(OpenDataset, RejectsArraysWithoutRows) {
  const TempDir folder;
  const auto path = write_bytes(folder, {0, 2, 2, 3}, 0);
  expect_error(ErrorCode::InvalidData, "no examples", [&] {
    static_cast<void>(open_dataset(path));
  });
}

TEST(OpenDataset, TakesLabelsFromAnArray) {
  const TempDir folder;
  const auto path = write_bytes(folder, {2, 1, 2, 3}, 12);
  const auto labels = folder.path() / "labels.npy";
  for (const Shape& shape : {Shape{2}, Shape{2, 1}}) {
    write_npy(labels, shape, std::vector<std::int64_t>{3, 9});
    const auto dataset = open_dataset(path, labels);
    EXPECT_TRUE(dataset->has_labels());
    EXPECT_EQ(dataset->get(1).label, 9);
    EXPECT_EQ(dataset->label(0), 3);
  }
}

TEST(OpenDataset, RejectsLabelsThatDoNotFit) {
  const TempDir folder;
  const auto path = write_bytes(folder, {2, 1, 2, 3}, 12);
  const auto labels = folder.path() / "labels.npy";
  const auto expect_refused = [&](const std::string& part) {
    expect_error(ErrorCode::InvalidData, part, [&] {
      static_cast<void>(open_dataset(path, labels));
    });
  };
  write_npy(labels, Shape{3}, std::vector<std::int64_t>{1, 2, 3});
  expect_refused("3 labels for 2 examples");
  write_npy(labels, Shape{2}, std::vector<std::int64_t>{1, -2});
  expect_refused("label -2");
  write_npy(labels, Shape{2, 2}, std::vector<std::int64_t>{1, 2, 3, 4});
  expect_refused("[2, 2]");
  write_npy(labels, Shape{2}, std::vector<float>{1, 2});
  expect_refused("float32");
}

TEST(CheckLabels, NamesTheExampleOutsideTheClasses) {
  const TempDir folder;
  const auto path = write_bytes(folder, {2, 1, 2, 3}, 12);
  const auto unlabelled = open_dataset(path);
  const auto dataset = with_labels(unlabelled, {3, 10});

  EXPECT_NO_THROW(check_labels(*dataset, 11));
  expect_error(ErrorCode::InvalidData, "row 1: label 10", [&] {
    check_labels(*dataset, 10);
  });
  expect_error(ErrorCode::InvalidData, "no labels", [&] {
    check_labels(*unlabelled, 10);
  });
}

TEST(OpenDataset, FindsImagesAndLabelsInAnArchive) {
  const TempDir folder;
  const std::string images = read_text(write_bytes(folder, {2, 1, 2, 3}, 12));
  write_npy(folder.path() / "l.npy", Shape{2}, std::vector<std::int64_t>{4, 5});
  const std::string labels = read_text(folder.path() / "l.npy");
  for (const auto& names :
       {std::pair("images", "labels"),
        std::pair("x", "y"),
        std::pair("pictures", "y")}) {
    const auto path = folder.write(
        "a.npz",
        write_zip(
            {{names.second + std::string(".npy"), labels},
             {names.first + std::string(".npy"), images}},
            {.deflate = true}));
    const auto dataset = open_dataset(path);
    EXPECT_EQ(dataset->get(1).label, 5);
    EXPECT_EQ(dataset->get(1).image->pixels.front(), 6);
  }
  const auto path = folder.write("a.npz", write_zip({{"y.npy", labels}}));
  expect_error(ErrorCode::InvalidData, "no array of images", [&] {
    static_cast<void>(open_dataset(path));
  });
}

TEST(OpenDataset, OpensASinglePicture) {
  const TempDir folder;
  const Image image = gradient_image(4, 6);
  const auto dataset =
      open_dataset(folder.write("a.dat", write_png(image.pixels, 4, 6)));
  EXPECT_EQ(dataset->size(), 1);
  EXPECT_EQ(dataset->get(0).image->pixels, image.pixels);
}

TEST(OpenDataset, SaysWhatItCannotOpen) {
  const TempDir folder;
  expect_error(ErrorCode::NotFound, "nothing", [&] {
    static_cast<void>(open_dataset(folder.path() / "nothing"));
  });
  const auto path = folder.write("notes.txt", "hello");
  expect_error(ErrorCode::InvalidFile, "notes.txt", [&] {
    static_cast<void>(open_dataset(path));
  });
}

}  // namespace
}  // namespace ompq
