// SPDX-License-Identifier: MIT
#include "ompq/pipeline/result_folder.h"

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/pipeline/quantization_record.h"

#include "tests/cli/small_network.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

class ResultFolderTest : public ::testing::Test {
 protected:
  [[nodiscard]] ResultFolder out() const { return {folder_.path() / "out"}; }

  [[nodiscard]] PreparedModel model(const std::string& hash) const {
    PreparedModel model{
        .path = folder_.path() / "small.onnx",
        .graph = infer_shapes(small_network())};
    model.model_hash = hash;
    return model;
  }

  void write_record(const std::string& hash) const {
    QuantizationRecord record;
    record.plan.model_hash = hash;
    record.preprocessing = preprocessing_of(PreprocessingPreset::Symmetric);
    record.preprocessing.crop = {SizeRule::Kind::Side, 96};
    fs::create_directories(out().path);
    write_json(out().record(), to_json(record));
    folder_.write(out().model(), "a network");
  }

  TempDir folder_;
};

TEST_F(ResultFolderTest, IsMadeWithTheFoldersAroundIt) {
  const ResultFolder deep{folder_.path() / "a" / "b"};
  prepare_result_folder(deep, model("abc"), false);
  EXPECT_TRUE(fs::is_directory(deep.path));
}

TEST_F(ResultFolderTest, ReplacesResultsOfTheSameModelOnly) {
  write_record("abc");
  EXPECT_NO_THROW(prepare_result_folder(out(), model("abc"), false));
  expect_error(ErrorCode::InvalidArgument, "another model (abc)", [&] {
    prepare_result_folder(out(), model("def"), false);
  });
  EXPECT_NO_THROW(prepare_result_folder(out(), model("def"), true));
}

TEST_F(ResultFolderTest, KeepsFilesThatAreNoResults) {
  fs::create_directories(out().path);
  folder_.write(out().path / "notes.txt", "text");
  EXPECT_NO_THROW(prepare_result_folder(out(), model("abc"), false));

  folder_.write(out().model(), "a network");
  expect_error(ErrorCode::InvalidArgument, "--force", [&] {
    prepare_result_folder(out(), model("abc"), false);
  });
  fs::create_directories(out().checkpoint());
  EXPECT_NO_THROW(prepare_result_folder(out(), model("abc"), false));
}

TEST_F(ResultFolderTest, NeverReplacesTheModelItself) {
  PreparedModel own = model("abc");
  own.path = out().model();
  fs::create_directories(out().path);
  folder_.write(out().model(), "a network");
  expect_error(ErrorCode::InvalidArgument, "the model itself", [&] {
    prepare_result_folder(out(), own, true);
  });
}

TEST_F(ResultFolderTest, FailsWhereNoFolderCanBe) {
  folder_.write("out", "a file");
  expect_error(ErrorCode::OutputFailed, "out", [&] {
    prepare_result_folder(out(), model("abc"), false);
  });
}

TEST_F(ResultFolderTest, NamesItsModel) {
  write_record("abc");
  EXPECT_EQ(model_file_of(out().path), out().model());
  EXPECT_EQ(model_file_of("net.onnx"), "net.onnx");
  expect_error(ErrorCode::NotFound, "model.onnx", [&] {
    static_cast<void>(model_file_of(folder_.path()));
  });
}

TEST_F(ResultFolderTest, RemembersThePreprocessing) {
  write_record("abc");
  const Preprocessing stored = preprocessing_of_result(out().path);
  EXPECT_DOUBLE_EQ(stored.scale, 1.0 / 127.5);
  EXPECT_EQ(stored.crop.side, 96);
  EXPECT_EQ(
      preprocessing_of_result("net.onnx"),
      preprocessing_of(PreprocessingPreset::ImageNet));
}

TEST_F(ResultFolderTest, ReportsADamagedRecord) {
  write_record("abc");
  folder_.write(out().record(), "{\"format\": 1}");
  expect_error(ErrorCode::InvalidFile, "preprocessing", [&] {
    static_cast<void>(preprocessing_of_result(out().path));
  });
  folder_.write(out().record(), "{");
  expect_error(ErrorCode::InvalidArgument, "unreadable", [&] {
    prepare_result_folder(out(), model("abc"), false);
  });
}

}  // namespace
}  // namespace ompq
