// SPDX-License-Identifier: MIT
#include "ompq/data/npz.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/data/zip_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;

/// An array file of int64 [values].
std::string array_file(const std::vector<std::int64_t>& values) {
  const TempDir folder;
  const std::vector<std::int64_t> shape = {
      static_cast<std::int64_t>(values.size())};
  write_npy(folder.path() / "a.npy", shape, values);
  std::ifstream stream(folder.path() / "a.npy", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<ZipInput> two_arrays() {
  return {
      {"x.npy", array_file({1, 2, 3})},
      {"notes.txt", "hello"},
      {"y.npy", array_file(std::vector<std::int64_t>(5000, 7))}};
}

class NpzPacking : public testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(NpzPacking, IsRead) {
  const TempDir folder;
  const auto path = folder.write(
      "a.npz",
      write_zip(
          two_arrays(),
          {.deflate = GetParam().first, .zip64 = GetParam().second}));

  const NpzFile file(path);

  EXPECT_THAT(file.names(), ElementsAre("x", "y"));
  EXPECT_THAT(read_integers(file.read("x")), ElementsAre(1, 2, 3));
  EXPECT_THAT(read_integers(file.read("y")), testing::SizeIs(5000));
  EXPECT_EQ(file.read("x").name, path.string() + "[x]");
}

TEST_P(NpzPacking, NeverCrashesOnDamagedBytes) {
  const std::string archive = write_zip(
      {{"x.npy", array_file({1, 2, 3})}},
      {.deflate = GetParam().first, .zip64 = GetParam().second});
  const TempDir folder;
  constexpr std::size_t kStep = 3;
  for (std::size_t at = 0; at < archive.size(); at += kStep) {
    std::string damaged = archive;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x7F);
    const auto path = folder.write("a.npz", damaged);
    try {
      const NpzFile file(path);
      static_cast<void>(file.read("x"));
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("a.npz"), std::string::npos)
          << error.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    StoredAndDeflated,
    NpzPacking,
    testing::Values(
        std::pair(false, false),
        std::pair(true, false),
        std::pair(false, true),
        std::pair(true, true)));

TEST(NpzFile, IsFoundBeforeAComment) {
  const TempDir folder;
  const auto path = folder.write(
      "a.npz", write_zip(two_arrays(), {.comment = "made by hand"}));
  EXPECT_THAT(NpzFile(path).names(), ElementsAre("x", "y"));
}

TEST(NpzFile, KeepsAnArrayAliveAfterItIsClosed) {
  const TempDir folder;
  for (const bool deflate : {false, true}) {
    const auto path =
        folder.write("a.npz", write_zip(two_arrays(), {.deflate = deflate}));
    const NpyArray array = NpzFile(path).read("x");
    EXPECT_THAT(read_integers(array), ElementsAre(1, 2, 3));
  }
}

TEST(NpzFile, ReportsTruncation) {
  const std::string archive = write_zip(two_arrays(), {.deflate = true});
  const TempDir folder;
  for (const std::size_t size :
       {std::size_t{0},
        std::size_t{10},
        archive.size() / 2,
        archive.size() - 1}) {
    const auto path = folder.write("a.npz", archive.substr(0, size));
    expect_error(ErrorCode::InvalidFile, "a.npz", [&] {
      static_cast<void>(NpzFile(path));
    });
  }
}

TEST(NpzFile, ReportsAWrongChecksum) {
  const TempDir folder;
  std::string archive = write_zip(two_arrays(), {.deflate = true});
  // The directory's copy counts: its first entry is found by its signature.
  const std::size_t entry = archive.find("PK\x01\x02");
  archive[entry + 16] = static_cast<char>(archive[entry + 16] ^ 1);
  const auto path = folder.write("a.npz", archive);
  expect_error(ErrorCode::InvalidFile, "'x.npy'", [&] {
    static_cast<void>(NpzFile(path).read("x"));
  });
}

TEST(NpzFile, RefusesEncryption) {
  const TempDir folder;
  const auto path =
      folder.write("a.npz", write_zip(two_arrays(), {.flags = 1}));
  expect_error(ErrorCode::Unsupported, "encrypted", [&] {
    static_cast<void>(NpzFile(path).read("x"));
  });
}

TEST(NpzFile, ListsItsArraysWhenOneIsMissing) {
  const TempDir folder;
  const auto path = folder.write("a.npz", write_zip(two_arrays()));
  expect_error(ErrorCode::NotFound, "x, y", [&] {
    static_cast<void>(NpzFile(path).read("z"));
  });
}

}  // namespace
}  // namespace ompq
