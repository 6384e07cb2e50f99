// SPDX-License-Identifier: MIT
// Real networks in the profiles qonnx and encodings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/export/encodings.h"
#include "ompq/export/qonnx_graph.h"
#include "ompq/pipeline/load_exported.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/encodings_rules.h"
#include "tests/export/same_outputs.h"
#include "tests/quantization/quantize_plainly.h"
#include "tests/support/shared_files.h"

namespace ompq {
namespace {

class ExportedModels : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    OMPQ_NEEDS_SHARED(GetParam());
    graph_ = load_model(shared_folder() / GetParam()).graph;
    model_ = quantize_plainly(
        *graph_,
        {.weights = {.bits = 5},
         .activations = {.bits = 7},
         .activation_zero_point = 31});
  }

  std::optional<Graph> graph_;
  QuantizedModel model_;
};

TEST_P(ExportedModels, WithQuantNodesComputeWhatTheQdqGraphComputes) {
  expect_same_outputs(
      written_and_read(to_qonnx_graph(*graph_, model_)),
      written_and_read(to_qdq_graph(*graph_, model_)));
}

TEST_P(ExportedModels, WithEncodingsComputeWhatTheQdqGraphComputes) {
  const TempDir folder;
  GraphBuilder builder(to_rounded_graph(*graph_, model_));
  builder.set_metadata("ompq.profile", "encodings");
  write_onnx(std::move(builder).build(), folder.path() / "net.onnx");
  const Json encodings = to_aimet_encodings(*graph_, model_);
  write_json(folder.path() / "net.encodings", encodings);

  EXPECT_THAT(
      EncodingsRules(encodings, read_onnx(folder.path() / "net.onnx"))
          .complaints(),
      testing::IsEmpty());
  expect_same_outputs(
      load_exported(folder.path() / "net.onnx").graph,
      written_and_read(to_qdq_graph(*graph_, model_)));
}

INSTANTIATE_TEST_SUITE_P(
    Shared,
    ExportedModels,
    testing::Values(
        "models/resnet20_cifar10.onnx",
        "models/mobilenetv2_imagenet.onnx",
        "models/squeezenet11_imagenet.onnx"));

}  // namespace
}  // namespace ompq
