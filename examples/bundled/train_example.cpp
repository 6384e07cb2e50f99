// SPDX-License-Identifier: MIT
// Trains the network of `ompq demo` on synthetic pictures and writes it as
// ONNX; the same options on the same machine give the same file.
#include <cstdint>
#include <exception>
#include <string>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "ompq/data/shape_outline.h"
#include "ompq/graph/onnx_file.h"

#include "examples/bundled/evaluation.h"
#include "examples/bundled/initial_state.h"
#include "examples/bundled/network_graph.h"
#include "examples/bundled/training.h"

namespace ompq::example {
namespace {

struct Options {
  std::string output = "shapes10.onnx";
  bool report_only = false;
  int threads = 2;
  ExampleTraining training;
  TestOptions test;
};

Options parse(CLI::App& app, int argc, char** argv) {
  Options options;
  ExampleTraining& training = options.training;
  app.option_defaults()->always_capture_default();
  app.add_option("-o,--output", options.output, "ONNX file to write");
  app.add_flag(
      "--report",
      options.report_only,
      "Train nothing, report on the file that --output names");
  app.add_option("--threads", options.threads, "Threads");
  app.add_option("--images", training.images, "Training images");
  app.add_option("--batch", training.batch, "Images of a step");
  app.add_option("--learning-rate", training.learning_rate, "At its highest");
  app.add_option("--weight-decay", training.weight_decay, "Weight decay");
  app.add_option("--seed", training.seed, "Seed of images and first weights");
  app.add_option("--test-images", options.test.images, "Test images");
  app.parse(argc, argv);
  options.test.seed = training.seed;
  return options;
}

void report(const NetworkState& state, const TestOptions& options) {
  fmt::print("weights: {}\n", weight_count(state));
  fmt::print("float: {:.2f} %\n", test_accuracy(state, options));
  for (const int bits : {8, 4, 3, 2}) {
    fmt::print(
        "nearest rounding to {} bits: {:.2f} %\n",
        bits,
        rounded_accuracy(state, bits, options));
  }
}

void run(const Options& options) {
  at::set_num_threads(options.threads);
  at::manual_seed(options.training.seed);
  NetworkState state =
      initial_state(static_cast<std::int64_t>(kShapeClassNames.size()));
  if (options.report_only) {
    state = read_state(read_onnx(options.output), state);
  } else {
    state = train(state, options.training);
    write_onnx(network_graph(state), options.output);
  }
  report(state, options.test);
}

}  // namespace
}  // namespace ompq::example

int main(int argc, char** argv) {
  CLI::App app("Trains the network of `ompq demo` and writes it as ONNX.");
  try {
    ompq::example::run(ompq::example::parse(app, argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
