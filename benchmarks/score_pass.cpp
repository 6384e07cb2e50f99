// SPDX-License-Identifier: MIT
// Time of one scoring pass of each kind against the plain forward pass of the
// same images: alternating in one run, medians.
//
//   score_pass MODEL.onnx IMAGES.npy [SAMPLES] [RUNS] [PREPROCESSING]
//
// 64 samples, 5 runs and imagenet if not given. Prints a Markdown table. Images
// are decoded before. `kl` runs the network once for each layer and width and
// is left out.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/data/open_dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/data/subset.h"
#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"
#include "ompq/engine/network.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/measure_orthogonality.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/sensitivity/layer_errors.h"

namespace ompq {
namespace {

struct Settings {
  std::string model;
  std::string images;
  std::int64_t samples = 64;
  int runs = 5;
  std::string preprocessing = "imagenet";
};

std::vector<Tensors> load_inputs(
    const PreparedModel& model, const Settings& settings) {
  const auto images = subset(
      open_dataset(settings.images),
      {.count = settings.samples, .order = SampleOrder::First});
  const auto loader = open_batches(
      model,
      images,
      preprocessing_of(parse_preprocessing_preset(settings.preprocessing)),
      {},
      silent_observer());
  std::vector<Tensors> inputs;
  while (std::optional<Batch> batch = loader->next()) {
    inputs.push_back(to_inputs(*batch, example_shape(model)));
  }
  return inputs;
}

double seconds(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + std::ssize(numbers) / 2;
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

/// Runs may overwrite what they are fed.
std::vector<Tensors> copies(const std::vector<Tensors>& inputs) {
  std::vector<Tensors> result;
  for (const Tensors& batch : inputs) {
    Tensors& copy = result.emplace_back();
    for (const at::Tensor& input : batch) {
      copy.push_back(input.clone());
    }
  }
  return result;
}

struct Pass {
  std::string name;
  std::function<void()> run;
  std::vector<double> times;
};

void print_table(const std::vector<Pass>& passes) {
  fmt::print("| pass | median, s | times the forward pass |\n|---|---|---|\n");
  for (const Pass& pass : passes) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < pass.times.size(); ++i) {
      ratios.push_back(pass.times[i] / passes.front().times[i]);
    }
    fmt::print(
        "| {} | {:.3f} | {:.2f} |\n",
        pass.name,
        median(pass.times),
        median(ratios));
  }
}

void run(const Settings& settings) {
  set_threads(0);
  use_pooled_memory();
  const PreparedModel model = load_model(settings.model);
  const std::vector<Tensors> inputs = load_inputs(model, settings);
  const Network network(model.graph);
  const auto errors = [&](ErrorKind kind) {
    return [&, kind] {
      const std::vector<int> widths{2, 3, 4, 5, 6, 7, 8};
      static_cast<void>(measure_error_tables(
          model,
          copies(inputs),
          {.kind = kind,
           .widths = std::vector<std::vector<int>>(
               model.layers.layers.size(), widths)}));
    };
  };
  std::vector<Pass> passes{
      {"forward", [&] { static_cast<void>(network.run(copies(inputs))); }, {}},
      {"ompq",
       [&] { static_cast<void>(measure_orthogonality(model, copies(inputs))); },
       {}},
      {"sqnr", errors(ErrorKind::Output), {}},
      {"fisher", errors(ErrorKind::Fisher), {}},
      {"balanced", errors(ErrorKind::Balanced), {}}};
  for (int i = -1; i < settings.runs; ++i) {
    for (Pass& pass : passes) {
      const double time = seconds(pass.run);
      if (i >= 0) {
        pass.times.push_back(time);
      }
    }
  }
  print_table(passes);
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) {
    std::cerr << "usage: score_pass MODEL.onnx IMAGES.npy [SAMPLES] [RUNS] "
                 "[PREPROCESSING]\n";
    return 2;
  }
  Settings settings{.model = arguments[1], .images = arguments[2]};
  if (arguments.size() > 3) {
    settings.samples = std::stoll(arguments[3]);
  }
  if (arguments.size() > 4) {
    settings.runs = std::stoi(arguments[4]);
  }
  if (arguments.size() > 5) {
    settings.preprocessing = arguments[5];
  }
  run(settings);
  return 0;
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    return ompq::main_of({argv, argv + argc});
  } catch (const ompq::Error& error) {
    std::cerr << "score_pass: " << error.what() << "\n";
    return 1;
  }
}
