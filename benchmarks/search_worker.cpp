// SPDX-License-Identifier: MIT
//
// Searches a plan or runs a network once for every line on standard input, so
// that a driver can alternate it with another runtime:
//
//   search_worker search|float MODEL.onnx IMAGES.npy SAMPLES MICRO_BATCH
//
// The images are decoded before the first line. Prints for every line
// {"seconds": s, "peak_bytes": b}: the whole search from decoded images to the
// plan, or all samples through the network.

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "ompq/data/open_dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/data/subset.h"
#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"
#include "ompq/engine/network.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/search.h"

namespace ompq {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

void print_result(double seconds) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << "{\"seconds\": " << seconds
            << ", \"peak_bytes\": " << usage.ru_maxrss * 1024 << "}"
            << std::endl;
}

std::shared_ptr<const Dataset> first_images(
    const std::string& path, std::int64_t samples) {
  return subset(
      open_dataset(path), {.count = samples, .order = SampleOrder::First});
}

void serve_search(
    const PreparedModel& model,
    const std::shared_ptr<const Dataset>& images,
    std::int64_t micro_batch) {
  SearchOptions options;
  options.score = Score::Ompq;
  options.budget.average_bits = 4.0;
  options.budget.first_last.bits.reset();
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto start = std::chrono::steady_clock::now();
    const Plan plan = search(
        model,
        images,
        preprocessing_of(PreprocessingPreset::ImageNet),
        options,
        {.micro_batch = micro_batch});
    print_result(seconds_since(start));
  }
}

void serve_float(
    const PreparedModel& model,
    const std::shared_ptr<const Dataset>& images,
    std::int64_t micro_batch) {
  const auto loader = open_batches(
      model,
      images,
      preprocessing_of(PreprocessingPreset::ImageNet),
      {.micro_batch = micro_batch},
      silent_observer());
  std::vector<Batch> batches;
  while (std::optional<Batch> batch = loader->next()) {
    batches.push_back(std::move(*batch));
  }
  const Network network(model.graph);
  const Shape example = example_shape(model);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto start = std::chrono::steady_clock::now();
    for (const Batch& batch : batches) {
      static_cast<void>(network.run({to_inputs(batch, example)}));
    }
    print_result(seconds_since(start));
  }
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 6) {
    std::cerr << "usage: search_worker search|float MODEL IMAGES.npy SAMPLES "
                 "MICRO_BATCH\n";
    return 2;
  }
  set_threads(0);
  use_pooled_memory();
  const PreparedModel model = load_model(arguments[2]);
  const auto images = first_images(arguments[3], std::stoll(arguments[4]));
  const std::int64_t micro_batch = std::stoll(arguments[5]);
  if (arguments[1] == "search") {
    serve_search(model, images, micro_batch);
  } else {
    serve_float(model, images, micro_batch);
  }
  return 0;
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    return ompq::run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
