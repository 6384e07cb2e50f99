// SPDX-License-Identifier: MIT
// Accuracy of a real network after reconstruction; needs the shared folder.
#include <algorithm>
#include <memory>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/data/open_dataset.h"
#include "ompq/engine/device.h"
#include "ompq/pipeline/network_input.h"

#include "tests/reconstruction/reconstruction_fixture.h"
#include "tests/support/shared_files.h"

namespace ompq {
namespace {

class ReconstructedModels : public testing::Test {
 protected:
  void SetUp() override {
    OMPQ_NEEDS_SHARED("models/resnet20_cifar10.onnx");
    OMPQ_NEEDS_SHARED("data/cifar10/test_images.npy");
    set_threads(0);
    model_.emplace(
        load_model(shared_folder() / "models/resnet20_cifar10.onnx"));
  }

  [[nodiscard]] std::unique_ptr<BatchLoader> open(
      const std::string& part, const std::string& labels) const {
    const std::filesystem::path folder = shared_folder() / "data/cifar10";
    return open_batches(
        *model_,
        open_dataset(folder / part, folder / labels),
        preprocessing_of(PreprocessingPreset::Cifar10),
        {.micro_batch = 32},
        silent_observer());
  }

  /// The first 512 training images.
  [[nodiscard]] std::vector<Tensors> calibration() const {
    const auto loader = open("train_images.npy", "train_labels.npy");
    std::vector<Tensors> inputs;
    while (inputs.size() < 16) {
      inputs.push_back(to_inputs(*loader->next(), example_shape(*model_)));
    }
    return inputs;
  }

  /// Share of the first test images that the graph gets right, in percent.
  [[nodiscard]] double accuracy(const Graph& graph) const {
    const auto loader = open("test_images.npy", "test_labels.npy");
    const Network network(graph);
    double right = 0.0;
    double count = 0.0;
    while (count < 2000) {
      const Batch batch = *loader->next();
      Tensors inputs = to_inputs(batch, example_shape(*model_));
      const at::Tensor found = network.run({std::move(inputs)})[0][0].argmax(1);
      right += found.eq(at::tensor(batch.labels)).sum().item<double>();
      count += static_cast<double>(batch.count);
    }
    return 100.0 * right / count;
  }

  std::optional<PreparedModel> model_;
};

TEST_F(ReconstructedModels, ResNetKeepsItsAccuracyWithTwoBits) {
  const BitPlan plan = uniform_plan(model_->layers.layers.size(), 2, 8);
  MemoryStore store;

  const Reconstruction result = reconstruct(
      *model_, plan, calibration(), {.effort = Effort::Fast}, store);

  EXPECT_GE(accuracy(to_qdq_graph(result.graph, result.model)), 85.0);
}

TEST_F(ReconstructedModels, ResNetIsLostWithTwoBitsToTheNearestInteger) {
  const BitPlan plan = uniform_plan(model_->layers.layers.size(), 2, 8);
  ReconstructionOptions options = short_run(RoundingMethod::Nearest);
  options.correct_bias = false;
  MemoryStore store;

  const Reconstruction result =
      reconstruct(*model_, plan, calibration(), options, store);

  EXPECT_LE(accuracy(to_qdq_graph(result.graph, result.model)), 70.0);
}

}  // namespace
}  // namespace ompq
