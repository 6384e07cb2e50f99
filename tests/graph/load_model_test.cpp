// SPDX-License-Identifier: MIT
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

void write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A Gemm of one weight; `open` dimensions besides the batch.
void write_gemm(const fs::path& path, float weight, bool open = false) {
  GraphBuilder builder;
  builder.add_input(
      "x",
      DataType::Float32,
      std::vector<Dimension>{
          {.size = -1, .symbol = "N"},
          {.size = open ? -1 : 1, .symbol = open ? "K" : ""}});
  builder.add_constant("w", Constant::from<float>({weight}, {1, 1}));
  builder.add_node({"gemm", "", "Gemm", {"x", "w"}, {"y"}, {}});
  builder.add_output("y");
  write_onnx(std::move(builder).build(), path);
}

/// The same with the weight in the file `weights.bin` beside the model.
void write_external(const fs::path& folder, float weight) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("external");
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name("w");
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(1);
  tensor.add_dims(1);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto* location = tensor.add_external_data();
  location->set_key("location");
  location->set_value("weights.bin");
  for (auto* value : {graph.add_input(), graph.add_output()}) {
    auto& type = *value->mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param("N");
    type.mutable_shape()->add_dim()->set_dim_value(1);
  }
  graph.mutable_input(0)->set_name("x");
  graph.mutable_output(0)->set_name("y");
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("MatMul");
  node.add_input("x");
  node.add_input("w");
  node.add_output("y");
  write_bytes(folder / "model.onnx", model.SerializeAsString());
  std::string bytes(sizeof(float), '\0');
  std::memcpy(bytes.data(), &weight, sizeof(float));
  write_bytes(folder / "weights.bin", bytes);
}

TEST(LoadModel, IdentifiesAFileByItsBytes) {
  const TempDir folder;
  write_gemm(folder.path() / "a.onnx", 1.0F);
  write_gemm(folder.path() / "b.onnx", 1.0F);
  write_gemm(folder.path() / "c.onnx", 2.0F);

  const PreparedModel a = load_model(folder.path() / "a.onnx");
  const PreparedModel b = load_model(folder.path() / "b.onnx");
  const PreparedModel c = load_model(folder.path() / "c.onnx");

  EXPECT_EQ(a.model_hash.size(), 64U);
  EXPECT_EQ(
      a.model_hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(a.model_hash, b.model_hash);
  EXPECT_NE(a.model_hash, c.model_hash);
  EXPECT_EQ(
      a.file_size.count,
      static_cast<std::int64_t>(fs::file_size(folder.path() / "a.onnx")));
  EXPECT_EQ(a.original_nodes, 1U);
  EXPECT_TRUE(a.is_batch_polymorphic);
  EXPECT_EQ(a.layers.layers.size(), 1U);
}

TEST(LoadModel, IdentifiesExternalDataToo) {
  const TempDir folder;
  write_external(folder.path(), 1.0F);
  const PreparedModel before = load_model(folder.path() / "model.onnx");
  write_external(folder.path(), 2.0F);

  const PreparedModel after = load_model(folder.path() / "model.onnx");

  EXPECT_NE(before.model_hash, after.model_hash);
  EXPECT_EQ(
      after.file_size.count,
      static_cast<std::int64_t>(fs::file_size(folder.path() / "model.onnx")) +
          4);
}

TEST(LoadModel, NamesTheFileInEveryError) {
  const TempDir folder;
  write_bytes(folder.path() / "text.onnx", "this is no model");
  write_gemm(folder.path() / "open.onnx", 1.0F, true);

  expect_error(ErrorCode::NotFound, "absent.onnx", [&] {
    static_cast<void>(load_model(folder.path() / "absent.onnx"));
  });
  expect_error(ErrorCode::InvalidFile, "text.onnx", [&] {
    static_cast<void>(load_model(folder.path() / "text.onnx"));
  });
  expect_error(ErrorCode::InvalidModel, "open.onnx", [&] {
    static_cast<void>(load_model(folder.path() / "open.onnx"));
  });
  expect_error(ErrorCode::ShapeMismatch, "open.onnx", [&] {
    static_cast<void>(load_model(
        folder.path() / "open.onnx",
        {.input_shapes = {{"x", {1, 3}}}, .batch = 1}));
  });
}

}  // namespace
}  // namespace ompq
