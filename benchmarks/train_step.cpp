// SPDX-License-Identifier: MIT
// A training step of ResNet-20 under a bit plan against the float step of the
// same network in plain libtorch: alternating in one run, medians.
//
//   train_step MODEL.onnx [THREADS] [BATCH] [STEPS]
//
// Prints one JSON object. Fails where the plain network, given the numbers of
// the file, does not compute what the file says.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <torch/torch.h>

#include "ompq/core/error.h"
#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"
#include "ompq/engine/network.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/reconstruction/reconstruct.h"
#include "ompq/reconstruction/unit_result.h"
#include "ompq/training/make_trainable.h"
#include "ompq/training/trainer.h"

#include "benchmarks/plain_resnet.h"

namespace ompq {
namespace {

struct Settings {
  std::string model;
  int threads = 2;
  std::int64_t batch = 128;
  int steps = 15;
};

/// The plain network with its optimizer.
class PlainTraining {
 public:
  explicit PlainTraining(const Graph& graph) {
    load_graph(network_, graph);
    for (torch::Tensor& parameter : network_->parameters()) {
      if (parameter.dim() == 4) {
        parameter.set_data(
            parameter.data().contiguous(torch::MemoryFormat::ChannelsLast));
      }
    }
    optimizer_ = std::make_unique<torch::optim::SGD>(
        network_->parameters(),
        torch::optim::SGDOptions(1e-4).momentum(0.9).weight_decay(1e-4));
  }

  torch::Tensor scores(const torch::Tensor& images) {
    const torch::NoGradGuard no_gradients;
    network_->eval();
    const torch::Tensor result = network_->forward(images);
    network_->train();
    return result;
  }

  void step(const torch::Tensor& images, const torch::Tensor& labels) {
    optimizer_->zero_grad();
    torch::nn::functional::cross_entropy(network_->forward(images), labels)
        .backward();
    optimizer_->step();
  }

 private:
  PlainResNet20 network_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
};

TrainingStart quantized_start(
    const PreparedModel& model,
    int weight_bits,
    int activation_bits,
    const torch::Tensor& images) {
  NoUnitStore store;
  Reconstruction result = reconstruct(
      model,
      uniform_plan(model.layers.layers.size(), weight_bits, activation_bits),
      {{images}},
      {.method = RoundingMethod::Nearest},
      store);
  LayerTable layers = find_quantizable_layers(result.graph).layers;
  return {
      .graph = std::move(result.graph),
      .layers = std::move(layers),
      .quantized = std::move(result.model),
      .real_weights = {},
      .norms = {}};
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

void check_same(const torch::Tensor& plain, const torch::Tensor& expected) {
  constexpr double kRounding = 1e-3;
  const double difference = (plain - expected).abs().max().item<double>();
  OMPQ_CHECK(
      difference < kRounding * expected.abs().max().item<double>(),
      ErrorCode::Internal,
      "the plain network is another one: scores differ by {}",
      difference);
}

void run(const Settings& settings) {
  use_pooled_memory();
  set_threads(settings.threads);
  torch::manual_seed(1);
  const PreparedModel model = load_model(settings.model);
  const torch::Tensor images =
      torch::randn({settings.batch, 3, 32, 32})
          .contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor labels = torch::randint(10, {settings.batch});
  PlainTraining plain(canonicalize(read_onnx(settings.model)));
  check_same(
      plain.scores(images),
      Network(model.graph).run({{images}}).front().front());

  TrainableNetwork network =
      make_trainable(quantized_start(model, 4, 4, images));
  const TrainingOptions options{.learning_rate = 1e-4, .distillation = 0.0};
  Trainer trainer(network, options, settings.steps);
  std::vector<double> plain_seconds;
  std::vector<double> seconds;
  for (int i = 0; i < settings.steps + 2; ++i) {
    const double one = seconds_of([&] { plain.step(images, labels); });
    const double other = seconds_of([&] {
      static_cast<void>(
          trainer.step({images}, {.labels = labels, .teacher = {}}));
    });
    // The first two touch memory for the first time.
    if (i >= 2) {
      plain_seconds.push_back(one);
      seconds.push_back(other);
    }
  }
  fmt::print(
      "{{\"threads\": {}, \"batch\": {}, \"plain_float_s\": {:.4f}, "
      "\"quantized_s\": {:.4f}, \"ratio\": {:.3f}}}\n",
      settings.threads,
      settings.batch,
      median(plain_seconds),
      median(seconds),
      median(seconds) / median(plain_seconds));
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "train_step MODEL.onnx [THREADS] [BATCH] [STEPS]\n");
    return 2;
  }
  try {
    ompq::Settings settings{.model = argv[1]};
    settings.threads = argc > 2 ? std::stoi(argv[2]) : settings.threads;
    settings.batch = argc > 3 ? std::stoi(argv[3]) : settings.batch;
    settings.steps = argc > 4 ? std::stoi(argv[4]) : settings.steps;
    ompq::run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "train_step: {}\n", error.what());
    return 1;
  }
  return 0;
}
