// SPDX-License-Identifier: MIT
#include "ompq/data/image_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/data/image_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;

FileBytes small_png() {
  return write_png(gradient_image(4, 4).pixels, 4, 4);
}

FileBytes small_jpeg() {
  return write_jpeg(gradient_image(8, 8).pixels, 8, 8);
}

/// "path below the folder:label" of each file; "-" without a label.
std::vector<std::string> described(
    const std::vector<ImageFile>& files, const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  for (const ImageFile& file : files) {
    texts.push_back(
        std::filesystem::relative(file.path, folder).string() + ":" +
        (file.label ? std::to_string(*file.label) : "-"));
  }
  return texts;
}

TEST(FindImages, ListsAFlatFolderInNameOrder) {
  const TempDir folder;
  for (const char* name : {"b.png", "a.JPG", "B.jpeg", "c.PNG"}) {
    folder.write(name, small_png());
  }
  EXPECT_THAT(
      described(find_images(folder.path()), folder.path()),
      ElementsAre("B.jpeg:-", "a.JPG:-", "b.png:-", "c.PNG:-"));
}

TEST(FindImages, RecognisesPicturesByContentAndIgnoresTheRest) {
  const TempDir folder;
  folder.write("photo", small_jpeg());
  folder.write("README.md", "about");
  folder.write(".hidden.png", small_png());
  EXPECT_THAT(
      described(find_images(folder.path()), folder.path()),
      ElementsAre("photo:-"));
}

TEST(FindImages, NumbersClassFoldersInNameOrder) {
  const TempDir folder;
  folder.write("dog/2.png", small_png());
  folder.write("dog/1.png", small_png());
  folder.write("dog/more/0.png", small_png());
  folder.write("cat/x.jpg", small_jpeg());
  folder.write(".cache/y.jpg", small_jpeg());
  std::filesystem::create_directory(folder.path() / "cow");
  EXPECT_THAT(
      described(find_images(folder.path()), folder.path()),
      ElementsAre(
          "cat/x.jpg:0", "dog/1.png:2", "dog/2.png:2", "dog/more/0.png:2"));
}

TEST(FindImages, GivesNoLabelsForASingleFolder) {
  const TempDir folder;
  folder.write("images/a.png", small_png());
  const auto files = find_images(folder.path());
  EXPECT_THAT(described(files, folder.path()), ElementsAre("images/a.png:-"));
  EXPECT_FALSE(image_dataset(files)->has_labels());
}

TEST(FindImages, PrefersALabelTable) {
  const TempDir folder;
  folder.write("images/a.png", small_png());
  folder.write("images/b.png", small_png());
  folder.write("labels.csv", "file,label\nimages/b.png,7\nimages/a.png,3\n");
  EXPECT_THAT(
      described(find_images(folder.path()), folder.path()),
      ElementsAre("images/b.png:7", "images/a.png:3"));
}

TEST(FindImages, RefusesPicturesBesideClassFolders) {
  const TempDir folder;
  folder.write("a.png", small_png());
  folder.write("cat/b.png", small_png());
  expect_error(ErrorCode::InvalidData, "cat/b.png", [&] {
    static_cast<void>(find_images(folder.path()));
  });
}

TEST(FindImages, ReportsAnEmptyOrMissingFolder) {
  const TempDir folder;
  folder.write("notes/readme.txt", "nothing here");
  expect_error(ErrorCode::InvalidData, "no JPEG or PNG", [&] {
    static_cast<void>(find_images(folder.path()));
  });
  expect_error(ErrorCode::NotFound, "none", [&] {
    static_cast<void>(find_images(folder.path() / "none"));
  });
}

TEST(FindImages, EndsWhereLinksFormACircle) {
  const TempDir folder;
  folder.write("a/x/1.png", small_png());
  folder.write("b/2.png", small_png());
  std::filesystem::create_directory_symlink(
      folder.path(), folder.path() / "a/x/loop");
  EXPECT_THAT(
      described(find_images(folder.path()), folder.path()),
      ElementsAre("a/x/1.png:0", "b/2.png:1"));
}

TEST(ReadLabelTable, AcceptsQuotesSpacesAndWindowsLineEnds) {
  const TempDir folder;
  folder.write("a,b \"c\".png", small_png());
  folder.write("d.png", small_png());
  const auto table = folder.write(
      "t.csv",
      "\xEF\xBB\xBF"
      "file,label\r\n\"a,b \"\"c\"\".png\" , 5\r\n\r\nd.png,0");
  EXPECT_THAT(
      described(read_label_table(table), folder.path()),
      ElementsAre("a,b \"c\".png:5", "d.png:0"));
}

TEST(ReadLabelTable, NamesTheLineItCannotRead) {
  const TempDir folder;
  folder.write("a.png", small_png());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "lists no files"},
      {"file,label\n", "lists no files"},
      {"name,class\na.png,1\n", "t.csv:1: expected the header"},
      {"a.png,1\n", "t.csv:1: expected the header"},
      {"file,label\na.png\n", "t.csv:2: expected file,label"},
      {"file,label\na.png,1\n\na.png,-1\n", "t.csv:4: expected a class index"},
      {"file,label\na.png,1.5\n", "got \"a.png,1.5\""},
      {"file,label\na.png,cat\n", "t.csv:2"},
      {"file,label\n,3\n", "t.csv:2: expected a file's name"},
      {"file,label\n\"a.png,3\n", "double quotes"}};
  for (const auto& [text, part] : cases) {
    const auto table = folder.write("t.csv", text);
    expect_error(ErrorCode::InvalidData, part, [&] {
      static_cast<void>(read_label_table(table));
    });
  }
  const auto table = folder.write("t.csv", "file,label\nb.png,1\n");
  expect_error(ErrorCode::NotFound, "t.csv:2: no such file", [&] {
    static_cast<void>(read_label_table(table));
  });
}

TEST(ImageDataset, DecodesAFileWhenAsked) {
  const TempDir folder;
  folder.write("x/good.png", small_png());
  folder.write("y/bad.jpg", "not a picture");
  const auto dataset = image_dataset(find_images(folder.path()));

  EXPECT_EQ(dataset->get(0).label, 0);
  EXPECT_EQ(dataset->get(0).image->pixels, gradient_image(4, 4).pixels);
  EXPECT_EQ(dataset->name(1), (folder.path() / "y/bad.jpg").string());
  expect_error(ErrorCode::InvalidData, "y/bad.jpg", [&] {
    static_cast<void>(dataset->get(1));
  });
}

}  // namespace
}  // namespace ompq
