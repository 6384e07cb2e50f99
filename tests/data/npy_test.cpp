// SPDX-License-Identifier: MIT
#include "ompq/data/npy.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using Shape = std::vector<std::int64_t>;

/// An array file with this dictionary, version and these elements.
std::string npy_file(
    const std::string& dictionary,
    const std::string& elements,
    int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  const int length_size = version == 1 ? 2 : 4;
  for (int i = 0; i < length_size; ++i) {
    file += static_cast<char>(dictionary.size() >> (8 * i) & 0xFFU);
  }
  return file + dictionary + elements;
}

std::string dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape +
         ", }\n";
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

NpyArray parse(const std::string& file) {
  const auto owner = std::make_shared<const std::string>(file);
  return parse_npy(
      {reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size()},
      owner,
      "a.npy");
}

void expect_parse_error(
    ErrorCode code, const std::string& part, const std::string& file) {
  expect_error(code, part, [&] { static_cast<void>(parse(file)); });
}

TEST(WriteNpy, IsReadBack) {
  const TempDir folder;
  const std::vector<float> floats = {1.5F, -2.0F, 0.0F, 4.0F, 5.0F, 6.0F};
  const std::vector<std::int64_t> integers = {-1, 0, 1LL << 40};
  const std::vector<std::uint8_t> bytes = {0, 255};

  write_npy(folder.path() / "f.npy", Shape{2, 3}, floats);
  write_npy(folder.path() / "i.npy", Shape{3}, integers);
  write_npy(folder.path() / "b.npy", Shape{1, 2, 1}, bytes);

  const NpyArray f = read_npy(folder.path() / "f.npy");
  EXPECT_EQ(f.type, NpyType::Float32);
  EXPECT_THAT(f.shape, ElementsAre(2, 3));
  EXPECT_EQ(read_floats(f, 0, 6), floats);
  EXPECT_THAT(read_floats(f, 4, 2), ElementsAre(5.0F, 6.0F));
  EXPECT_EQ(read_integers(read_npy(folder.path() / "i.npy")), integers);
  EXPECT_THAT(read_npy(folder.path() / "b.npy").bytes, ElementsAre(0, 255));
}

TEST(WriteNpy, AlignsTheElements) {
  const TempDir folder;
  for (const Shape& shape : {Shape{1}, Shape{1, 1}, Shape{1, 1, 1, 1, 1}}) {
    write_npy(folder.path() / "a.npy", shape, std::vector<float>{1.0F});
    EXPECT_EQ(
        std::filesystem::file_size(folder.path() / "a.npy") % 64,
        sizeof(float));
  }
}

TEST(WriteNpy, RefusesAnotherNumberOfElements) {
  const TempDir folder;
  expect_error(ErrorCode::InvalidArgument, "[2, 2]", [&] {
    write_npy(folder.path() / "a.npy", Shape{2, 2}, std::vector<float>(3));
  });
}

TEST(ParseNpy, ReadsAllVersions) {
  for (const int version : {1, 2, 3}) {
    const NpyArray array = parse(npy_file(
        dictionary("'<i4'", "(2,)"),
        bytes_of(std::vector<std::int32_t>{7, -8}),
        version));
    EXPECT_THAT(read_integers(array), ElementsAre(7, -8));
  }
  expect_parse_error(
      ErrorCode::Unsupported,
      "version 4",
      npy_file(dictionary("'<i4'", "(2,)"), "", 4));
}

TEST(ParseNpy, ConvertsFloat64AndFloat16) {
  const NpyArray doubles = parse(npy_file(
      dictionary("'<f8'", "(2,)"), bytes_of(std::vector<double>{0.1, -3.0})));
  EXPECT_THAT(read_floats(doubles, 0, 2), ElementsAre(0.1F, -3.0F));

  // 1, -2, the largest, the smallest above 0, infinity.
  const NpyArray halves = parse(npy_file(
      dictionary("'<f2'", "(5,)"),
      bytes_of(
          std::vector<std::uint16_t>{0x3C00, 0xC000, 0x7BFF, 0x0001, 0x7C00})));
  EXPECT_THAT(
      read_floats(halves, 0, 5),
      ElementsAre(
          1.0F,
          -2.0F,
          65504.0F,
          std::ldexp(1.0F, -24),
          std::numeric_limits<float>::infinity()));
}

TEST(ParseNpy, ReadsScalarsAndLongIntegersOfPython2) {
  EXPECT_TRUE(parse(npy_file(dictionary("'<f4'", "()"), std::string(4, 0)))
                  .shape.empty());
  EXPECT_THAT(
      parse(npy_file(dictionary("'|u1'", "(2L, 1L)"), "ab")).shape,
      ElementsAre(2, 1));
}

TEST(ParseNpy, NamesWhatIsUnsupported) {
  const std::string elements(64, '\0');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'>f4'", "big-endian"},
      {"'|O'", "objects"},
      {"'<c8'", "'<c8'"},
      {"'<U5'", "'<U5'"},
      {"'|b1'", "'|b1'"},
      {"[('a', '<f4'), ('b', '<i4')]", "structured"}};
  for (const auto& [descr, part] : cases) {
    expect_parse_error(
        ErrorCode::Unsupported,
        part,
        npy_file(dictionary(descr, "(2,)"), elements));
  }
  expect_parse_error(
      ErrorCode::Unsupported,
      "Fortran",
      npy_file(
          "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }",
          elements));
}

TEST(ParseNpy, RejectsDamagedHeaders) {
  for (const std::string text :
       {"",
        "{",
        "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': 1, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [('a', '<f4'), 'fortran_order': False, 'shape': (2,)}",
        "{'shape': (2,), 'shape': (2,), 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'size': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': "
        "(99999999999999999999,)}"}) {
    expect_parse_error(
        ErrorCode::InvalidFile, "a.npy: ", npy_file(text, "12345678"));
  }
}

TEST(ParseNpy, RejectsWhatIsNoArrayFile) {
  expect_parse_error(ErrorCode::InvalidFile, "not an .npy file", "");
  expect_parse_error(ErrorCode::InvalidFile, "not an .npy file", "PK\3\4abcd");
}

TEST(ParseNpy, ReportsEveryTruncation) {
  const std::string file =
      npy_file(dictionary("'<f4'", "(2, 2)"), std::string(16, 'x'));
  EXPECT_NO_THROW(static_cast<void>(parse(file)));
  for (std::size_t size = 0; size < file.size(); ++size) {
    expect_parse_error(ErrorCode::InvalidFile, "a.npy: ", file.substr(0, size));
  }
  expect_parse_error(
      ErrorCode::InvalidFile,
      "need 16 bytes, the file holds 15",
      file.substr(0, file.size() - 1));
}

TEST(ParseNpy, RejectsAShapeThatOverflows) {
  expect_parse_error(
      ErrorCode::InvalidFile,
      "too large",
      npy_file(
          dictionary("'<f4'", "(4611686018427387904, 4)"), std::string(64, 0)));
}

TEST(ReadIntegers, RejectsFractionsAndHugeNumbers) {
  expect_error(ErrorCode::InvalidData, "float32", [] {
    static_cast<void>(
        read_integers(parse(npy_file(dictionary("'<f4'", "(1,)"), "1234"))));
  });
  expect_error(ErrorCode::InvalidData, "too large", [] {
    static_cast<void>(read_integers(
        parse(npy_file(dictionary("'<u8'", "(1,)"), std::string(8, '\xFF')))));
  });
}

TEST(ReadNpy, NamesAMissingFile) {
  expect_error(ErrorCode::NotFound, "no/such.npy", [] {
    static_cast<void>(read_npy("no/such.npy"));
  });
}

}  // namespace
}  // namespace ompq
