// SPDX-License-Identifier: MIT
// Tensors of ONNX files: every field that may hold the elements.
#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/graph/model_proto.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

onnx::TensorProto tensor_of(int type, const std::vector<std::int64_t>& shape) {
  onnx::TensorProto tensor = float_tensor("w", shape, {});
  tensor.set_data_type(type);
  return tensor;
}

/// The constant that a file with this tensor gives.
Constant read(const onnx::TensorProto& tensor, const fs::path& folder = {}) {
  return constant_named(parse(model_with(tensor), folder), "w");
}

void expect_bad(
    ErrorCode code, const std::string& part, const onnx::TensorProto& tensor) {
  expect_error(code, part, [&] { static_cast<void>(read(tensor)); });
}

onnx::TensorProto external(
    const std::string& location,
    const std::vector<std::pair<std::string, std::string>>& more = {}) {
  onnx::TensorProto tensor = tensor_of(onnx::TensorProto::UINT8, {4});
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto add = [&](const std::string& key, const std::string& text) {
    auto* entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(text);
  };
  add("location", location);
  for (const auto& [key, text] : more) {
    add(key, text);
  }
  return tensor;
}

TEST(OnnxTensor, IsReadFromRawData) {
  onnx::TensorProto tensor = tensor_of(onnx::TensorProto::INT16, {2});
  tensor.set_raw_data(std::string("\x01\x00\xFF\xFF", 4));

  EXPECT_THAT(read(tensor).elements<std::int16_t>(), ElementsAre(1, -1));
}

TEST(OnnxTensor, IsReadFromTheFieldOfItsType) {
  onnx::TensorProto real = tensor_of(onnx::TensorProto::DOUBLE, {1});
  real.add_double_data(0.1);
  EXPECT_THAT(read(real).elements<double>(), ElementsAre(0.1));

  onnx::TensorProto large = tensor_of(onnx::TensorProto::INT64, {1});
  large.add_int64_data(-5);
  EXPECT_THAT(read(large).elements<std::int64_t>(), ElementsAre(-5));

  onnx::TensorProto word = tensor_of(onnx::TensorProto::UINT32, {1});
  word.add_uint64_data(4000000000);
  EXPECT_THAT(read(word).elements<std::uint32_t>(), ElementsAre(4000000000U));

  onnx::TensorProto small = tensor_of(onnx::TensorProto::INT8, {2});
  small.add_int32_data(-128);
  small.add_int32_data(127);
  EXPECT_THAT(read(small).elements<std::int8_t>(), ElementsAre(-128, 127));

  onnx::TensorProto half = tensor_of(onnx::TensorProto::FLOAT16, {1});
  half.add_int32_data(0xC000);
  EXPECT_THAT(read(half).to_double(), ElementsAre(-2.0));

  onnx::TensorProto brain = tensor_of(onnx::TensorProto::BFLOAT16, {1});
  brain.add_int32_data(0x3F80);
  EXPECT_THAT(read(brain).to_double(), ElementsAre(1.0));
}

TEST(OnnxTensor, UnpacksSmallIntegersOfNewerFiles) {
  constexpr int kInt4 = 22;
  constexpr int kUInt2 = 25;
  onnx::TensorProto raw = tensor_of(kInt4, {3});
  raw.set_raw_data(std::string("\x78\x0F", 2));
  EXPECT_THAT(read(raw).to_int64(), ElementsAre(-8, 7, -1));

  onnx::TensorProto typed = tensor_of(kUInt2, {5});
  typed.add_int32_data(0b11100100);
  typed.add_int32_data(0b10);
  EXPECT_THAT(read(typed).to_int64(), ElementsAre(0, 1, 2, 3, 2));
}

TEST(OnnxTensor, HasBooleansOfZeroAndOneOnly) {
  onnx::TensorProto tensor = tensor_of(onnx::TensorProto::BOOL, {3});
  tensor.set_raw_data(std::string("\x00\x02\xFF", 3));

  EXPECT_THAT(read(tensor).to_int64(), ElementsAre(0, 1, 1));
}

TEST(OnnxTensor, MayBeEmptyOrAScalar) {
  EXPECT_EQ(read(float_tensor("w", {0, 3}, {})).size(), 0);
  EXPECT_EQ(read(float_tensor("w", {}, {5})).shape(), Shape{});
}

TEST(OnnxTensor, IsRejectedIfItsBytesDoNotFit) {
  onnx::TensorProto tensor = float_tensor("w", {3}, {1, 2});
  expect_bad(
      ErrorCode::InvalidFile,
      "tensor 'w': float32 of shape [3] takes 12 bytes, the file holds 8",
      tensor);
  expect_bad(
      ErrorCode::InvalidFile,
      "holds 0",
      tensor_of(onnx::TensorProto::FLOAT, {1}));
}

TEST(OnnxTensor, IsRejectedIfItsShapeIsImpossible) {
  expect_bad(
      ErrorCode::InvalidModel, "negative", float_tensor("w", {-1, 3}, {}));
  expect_bad(
      ErrorCode::InvalidModel,
      "2^62",
      float_tensor("w", {1LL << 40, 1LL << 40}, {}));
  expect_bad(
      ErrorCode::InvalidModel,
      "larger than any memory",
      float_tensor("w", {1LL << 61}, {}));
}

TEST(OnnxTensor, IsRejectedIfItsTypeIsUnknown) {
  expect_bad(ErrorCode::InvalidFile, "data type 99", tensor_of(99, {1}));
  expect_bad(ErrorCode::InvalidFile, "data type 0", tensor_of(0, {1}));
  constexpr int kFloat8 = 17;
  expect_bad(ErrorCode::Unsupported, "data type 17", tensor_of(kFloat8, {1}));
}

TEST(OnnxTensor, IsRejectedIfItHoldsNaN) {
  expect_bad(
      ErrorCode::InvalidModel,
      "tensor 'w': element 2 is NaN",
      float_tensor("w", {3}, {1, 2, NAN}));

  onnx::TensorProto half = tensor_of(onnx::TensorProto::FLOAT16, {1});
  half.add_int32_data(0x7E00);
  expect_bad(ErrorCode::InvalidModel, "element 0 is NaN", half);
}

TEST(OnnxTensor, MayHoldInfinity) {
  EXPECT_TRUE(std::isinf(
      read(float_tensor("w", {1}, {-INFINITY})).elements<float>()[0]));
}

TEST(ExternalData, IsReadFromTheModelsFolder) {
  const TempDir folder;
  folder.write("weights/data.bin", "??\x01\x02\x03\x04!");

  const onnx::TensorProto tensor =
      external("weights/data.bin", {{"offset", "2"}, {"length", "4"}});

  EXPECT_THAT(read(tensor, folder.path()).to_int64(), ElementsAre(1, 2, 3, 4));
}

TEST(ExternalData, IsReadBesideAModelFile) {
  const TempDir folder;
  folder.write("data.bin", "\x01\x02\x03\x04");
  const fs::path path = folder.write(
      "model.onnx", model_with(external("data.bin")).SerializeAsString());

  const Graph graph = read_onnx(path);

  EXPECT_THAT(constant_named(graph, "w").to_int64(), ElementsAre(1, 2, 3, 4));
}

TEST(ExternalData, MayNotLieOutsideTheFolder) {
  const TempDir outside;
  const TempDir folder;
  outside.write("secret.bin", "\x01\x02\x03\x04");
  fs::create_symlink(outside.path() / "secret.bin", folder.path() / "link.bin");
  fs::create_directory_symlink(outside.path(), folder.path() / "linked");

  const std::vector<std::string> locations{
      "../" + outside.path().filename().string() + "/secret.bin",
      (outside.path() / "secret.bin").string(),
      "link.bin",
      "linked/secret.bin",
      std::string("link.bin\0", 9),
      ""};
  for (const std::string& location : locations) {
    expect_error(ErrorCode::InvalidFile, "outside", [&] {
      static_cast<void>(read(external(location), folder.path()));
    });
  }
}

TEST(ExternalData, MayUseLinksWithinTheFolder) {
  const TempDir folder;
  folder.write("data.bin", "\x01\x02\x03\x04");
  fs::create_symlink("data.bin", folder.path() / "link.bin");

  EXPECT_EQ(read(external("a/../link.bin"), folder.path()).size(), 4);
}

TEST(ExternalData, MustHoldTheBytes) {
  const TempDir folder;
  folder.write("data.bin", "\x01\x02\x03\x04");
  const std::vector<std::vector<std::pair<std::string, std::string>>> wrong{
      {{"offset", "1"}},
      {{"offset", "9223372036854775807"}},
      {{"length", "3"}},
      {{"length", "-4"}},
      {{"offset", "12x"}},
      {{"offset", "99999999999999999999"}}};
  for (const auto& entries : wrong) {
    expect_error(ErrorCode::InvalidFile, "external data", [&] {
      static_cast<void>(read(external("data.bin", entries), folder.path()));
    });
  }
}

TEST(ExternalData, MustExist) {
  const TempDir folder;
  expect_error(ErrorCode::NotFound, "absent.bin", [&] {
    static_cast<void>(read(external("absent.bin"), folder.path()));
  });
  fs::create_directory(folder.path() / "folder.bin");
  expect_error(ErrorCode::InvalidFile, "is not a file", [&] {
    static_cast<void>(read(external("folder.bin"), folder.path()));
  });
}

}  // namespace
}  // namespace ompq
