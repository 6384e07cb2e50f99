// SPDX-License-Identifier: MIT
// Equalization of real networks: the outputs stay, the ranges come together.
#include <filesystem>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/equalize_layers.h"
#include "ompq/reconstruction/channel_maxima.h"

#include "tests/support/shared_files.h"
#include "tests/support/shared_models.h"

namespace ompq {
namespace {

/// Rounding of the weights once more, through up to a hundred layers.
constexpr double kRelative = 1e-4;

class EqualizedModels : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { OMPQ_NEEDS_SHARED("models/" + GetParam()); }

  static PreparedModel open() {
    return load_model(shared_folder() / "models" / GetParam());
  }

  /// Smooth random pictures with the statistics of preprocessed ones.
  static at::Tensor pictures(const PreparedModel& model) {
    at::manual_seed(11);
    auto shape =
        shape_at_batch(model.graph.value(model.graph.inputs()[0]), 2).value();
    const std::int64_t height = shape[2];
    const std::int64_t width = shape[3];
    shape[2] = 8;
    shape[3] = 8;
    return at::upsample_bilinear2d(at::randn(shape), {height, width}, true);
  }

  static double relative_difference(
      const Graph& a, const Graph& b, const at::Tensor& input) {
    const auto first = Network(a).run({{input.clone()}})[0];
    const auto second = Network(b).run({{input.clone()}})[0];
    double largest = 0.0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const double scale = first[i].abs().max().item<double>();
      const double error = (first[i] - second[i]).abs().max().item<double>();
      largest = std::max(largest, error / scale);
    }
    return largest;
  }
};

TEST_P(EqualizedModels, KeepTheirOutputs) {
  const PreparedModel model = open();
  const at::Tensor input = pictures(model);
  const auto maxima = observe_equalization_maxima(model, {{input.clone()}});

  for (const EqualizationGoal goal :
       {EqualizationGoal::Weights, EqualizationGoal::Activations}) {
    for (const ClipHandling clips :
         {ClipHandling::KeepBelowLimit, ClipHandling::LimitPerChannel}) {
      const Equalization result = equalize_layers(
          model.graph,
          model.layers.layers,
          {.goal = goal, .clips = clips, .channel_maxima = maxima});

      EXPECT_FALSE(result.layers.empty());
      EXPECT_LT(
          relative_difference(model.graph, result.graph, input), kRelative);
    }
  }
}

TEST_P(EqualizedModels, HaveRangesThatAreCloser) {
  const PreparedModel model = open();

  const Equalization result = equalize_layers(
      model.graph,
      model.layers.layers,
      {.clips = ClipHandling::LimitPerChannel});

  double before = 0.0;
  double after = 0.0;
  for (const EqualizedLayer& layer : result.layers) {
    before +=
        std::log(layer.ratio_before) + std::log(layer.reader_ratio_before);
    after += std::log(layer.ratio_after) + std::log(layer.reader_ratio_after);
  }
  EXPECT_LT(after, before);
}

/// Numbers for every input of a network; zeros where they are integers.
Tensors random_inputs(const Graph& graph, bool any_batch) {
  Tensors inputs;
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    const Shape shape = shape_at_batch(value, any_batch ? 2 : 1).value();
    inputs.push_back(
        value.type == DataType::Float32
            ? at::rand(shape)
            : at::zeros(shape, to_scalar_type(value.type)));
  }
  return inputs;
}

Tensors clones(const Tensors& tensors) {
  Tensors copies;
  for (const at::Tensor& tensor : tensors) {
    copies.push_back(tensor.clone());
  }
  return copies;
}

TEST(EveryModel, KeepsItsOutputs) {
  OMPQ_NEEDS_SHARED("models/import");
  std::size_t layers = 0;
  for (const auto& file : shared_model_files()) {
    const PreparedModel model = load_shared_model(file);
    at::manual_seed(7);
    const Tensors input =
        random_inputs(model.graph, model.is_batch_polymorphic);
    const Equalization result = equalize_layers(
        model.graph,
        model.layers.layers,
        {.channel_maxima =
             observe_equalization_maxima(model, {clones(input)})});
    layers += result.layers.size();
    const Tensors before = Network(model.graph).run({clones(input)})[0];
    const Tensors after = Network(result.graph).run({clones(input)})[0];
    for (std::size_t i = 0; i < before.size(); ++i) {
      const at::Tensor expected = before[i].to(at::kDouble);
      const double scale = expected.abs().max().item<double>() + 1e-9;
      const at::Tensor error = (after[i].to(at::kDouble) - expected).abs();
      EXPECT_LT(error.max().item<double>() / scale, kRelative)
          << file << ", output " << i << ", " << result.layers.size()
          << " layers equalized";
    }
  }
  EXPECT_GT(layers, 100U);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    EqualizedModels,
    testing::Values(
        "mobilenetv2_imagenet.onnx",
        "resnet20_cifar10.onnx",
        "squeezenet11_imagenet.onnx"),
    [](const auto& network) {
      return network.param.substr(0, network.param.find('_'));
    });

}  // namespace
}  // namespace ompq
