// SPDX-License-Identifier: MIT
//
// The orthogonality of three real networks against reference numbers computed
// in float64 from the same images; needs the folder that OMPQ_SHARED names.

#include <cmath>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/data/npy.h"
#include "ompq/data/open_dataset.h"
#include "ompq/engine/device.h"
#include "ompq/engine/network.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/measure_orthogonality.h"
#include "ompq/pipeline/network_input.h"

#include "tests/support/shared_files.h"

namespace ompq {
namespace {

/// What issue and reference agree on; float32 features against float64.
constexpr double kMatrixTolerance = 1e-4;

struct Case {
  std::string golden;
  std::string model;
};

void PrintTo(const Case& instance, std::ostream* stream) {
  *stream << instance.golden;
}

class GoldenOrthogonality : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    folder_ = shared_folder();
    OMPQ_NEEDS_SHARED("golden");
    set_threads(0);
    model_.emplace(
        load_model(folder_ / "models" / (GetParam().model + ".onnx")));
    reference_ = read_json(golden_file(".json"));
  }

  [[nodiscard]] std::filesystem::path golden_file(
      const std::string& ending) const {
    return folder_ / "golden" / (GetParam().golden + ending);
  }

  [[nodiscard]] std::vector<Tensors> inputs(std::int64_t micro_batch) const {
    const auto loader = open_batches(
        *model_,
        open_dataset(golden_file("_images.npy")),
        preprocessing_of(PreprocessingPreset::ImageNet),
        {.micro_batch = micro_batch},
        silent_observer());
    std::vector<Tensors> batches;
    while (const auto batch = loader->next()) {
      batches.push_back(to_inputs(*batch, example_shape(*model_)));
    }
    return batches;
  }

  std::filesystem::path folder_;
  std::optional<PreparedModel> model_;
  Json reference_;
};

TEST_P(GoldenOrthogonality, EqualsTheReferenceForEveryVariant) {
  for (const FeatureKind features :
       {FeatureKind::Layer, FeatureKind::Activation}) {
    for (const OrmKind kind : {OrmKind::Raw, OrmKind::Centred}) {
      const std::string variant =
          std::string(features == FeatureKind::Layer ? "layer" : "activation") +
          "/" + std::string(to_string(kind));
      const Orthogonality actual = measure_orthogonality(
          *model_, inputs(7), {.features = features, .kind = kind});
      const Json& expected = reference_.at("orm").at(variant);
      const auto layers = static_cast<std::int64_t>(actual.gamma.size());
      ASSERT_EQ(expected.at("gamma").size(), actual.gamma.size()) << variant;
      double largest = 0.0;
      for (std::int64_t i = 0; i < layers; ++i) {
        for (std::int64_t j = 0; j < layers; ++j) {
          const double want = expected.at("matrix").at(i).at(j).get<double>();
          largest = std::max(largest, std::abs(actual.orm(i, j) - want));
        }
      }
      EXPECT_LT(largest, kMatrixTolerance) << variant;
    }
  }
}

TEST_P(GoldenOrthogonality, ComputesTheReferenceLogits) {
  const Network network(model_->graph);
  const auto outputs = network.run(inputs(16));
  const NpyArray expected = read_npy(golden_file("_logits.npy"));
  std::int64_t row = 0;
  double largest = 0.0;
  double magnitude = 0.0;
  std::vector<float> elements =
      read_floats(expected, 0, expected.element_count());
  const at::Tensor reference =
      at::from_blob(elements.data(), expected.shape, at::kFloat);
  for (const Tensors& output : outputs) {
    const std::int64_t count = output[0].size(0);
    const at::Tensor want = reference.narrow(0, row, count);
    largest = std::max(largest, (output[0] - want).abs().max().item<double>());
    magnitude = std::max(magnitude, want.abs().max().item<double>());
    row += count;
  }
  EXPECT_EQ(row, expected.shape[0]);
  EXPECT_LT(largest, 1e-4 * magnitude);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    GoldenOrthogonality,
    testing::Values(
        Case{"resnet20", "resnet20_cifar10"},
        Case{"squeezenet11", "squeezenet11_imagenet"},
        Case{"mobilenetv2", "mobilenetv2_imagenet"}),
    [](const auto& instance) { return instance.param.golden; });

}  // namespace
}  // namespace ompq
