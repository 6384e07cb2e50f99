// SPDX-License-Identifier: MIT
#include "examples/bundled/training.h"

#include <chrono>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "ompq/data/synthetic_dataset.h"
#include "ompq/graph/fold_batch_norm.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/training/make_trainable.h"
#include "ompq/training/trainer.h"

#include "examples/bundled/shape_batch.h"

namespace ompq::example {
namespace {

constexpr std::int64_t kStepsPerLine = 50;

/// The float network with its normalisations kept.
TrainableNetwork trainable(const NetworkState& state) {
  const Graph graph = infer_shapes(network_graph(state));
  Graph folded = fold_batch_norm(graph);
  LayerTable layers = find_quantizable_layers(folded).layers;
  return make_trainable(
      {.graph = std::move(folded),
       .layers = std::move(layers),
       .quantized = {},
       .real_weights = {},
       .norms = find_layer_norms(graph)});
}

/// "stem.conv" -> "stem.norm."
std::string norm_prefix(const std::string& layer) {
  return layer.substr(0, layer.rfind('.')) + ".norm.";
}

NetworkState state_of(const TrainableNetwork& network) {
  NetworkState state;
  for (const TrainableLayer& layer : network.parts().layers) {
    state[layer.name + ".weight"] =
        from_rows(layer.weight, layer.layout).detach().contiguous();
    if (layer.norm) {
      const std::string prefix = norm_prefix(layer.name);
      state[prefix + "weight"] = layer.norm->gamma.detach();
      state[prefix + "bias"] = layer.norm->beta.detach();
      state[prefix + "running_mean"] = layer.norm->running_mean;
      state[prefix + "running_var"] = layer.norm->running_variance;
    } else {
      state[layer.name + ".bias"] = layer.bias.detach();
    }
  }
  return state;
}

void say(std::int64_t step, std::int64_t steps, double loss, double seconds) {
  fmt::print(
      stderr,
      "step {} of {}: loss {:.3f}, {:.0f} s\n",
      step,
      steps,
      loss,
      seconds);
}

}  // namespace

NetworkState train(const NetworkState& start, const ExampleTraining& options) {
  const SyntheticDataset dataset(
      {.split = SyntheticSplit::Train,
       .size = options.images,
       .seed = options.seed});
  const std::int64_t steps = options.images / options.batch;
  TrainableNetwork network = trainable(start);
  Trainer trainer(
      network,
      {.epochs = 1,
       .batch_size = options.batch,
       .optimizer = OptimizerKind::AdamW,
       .learning_rate = options.learning_rate,
       .weight_decay = options.weight_decay,
       .step_rate = 1.0,
       .warm_up = 0.05,
       .norm = NormKind::Train},
      steps);
  const auto begin = std::chrono::steady_clock::now();
  double loss = 0;
  for (std::int64_t step = 0; step < steps; ++step) {
    const ShapeBatch batch =
        load_batch(dataset, step * options.batch, (step + 1) * options.batch);
    loss +=
        trainer.step({batch.images}, {.labels = batch.labels, .teacher = {}})
            .loss;
    if ((step + 1) % kStepsPerLine == 0) {
      const std::chrono::duration<double> elapsed =
          std::chrono::steady_clock::now() - begin;
      say(step + 1, steps, loss / kStepsPerLine, elapsed.count());
      loss = 0;
    }
  }
  return state_of(network);
}

}  // namespace ompq::example
