// SPDX-License-Identifier: MIT
//
// Scales: every row of weights of a network of the shape of MobileNetV2, and
// distributions of activations. Items are numbers.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "ompq/quantization/histogram.h"
#include "ompq/quantization/scale_search.h"

namespace {

struct Layer {
  std::int64_t columns = 0;
  std::vector<float> weights;
};

class Layers {
 public:
  void add(std::int64_t rows, std::int64_t columns) {
    std::normal_distribution<float> normal;
    Layer layer{.columns = columns, .weights = {}};
    layer.weights.resize(static_cast<std::size_t>(rows * columns));
    for (float& weight : layer.weights) {
      weight = normal(generator_);
    }
    layers_.push_back(std::move(layer));
  }
  [[nodiscard]] const std::vector<Layer>& all() const { return layers_; }
  [[nodiscard]] std::int64_t size() const {
    std::int64_t sum = 0;
    for (const Layer& layer : layers_) {
      sum += std::ssize(layer.weights);
    }
    return sum;
  }

 private:
  std::mt19937_64 generator_{1};
  std::vector<Layer> layers_;
};

/// @source table 2 of arXiv 1801.04381
Layers mobilenet_v2() {
  struct Stage {
    std::int64_t expansion;
    std::int64_t channels;
    int blocks;
  };
  const std::vector<Stage> stages{
      {1, 16, 1},
      {6, 24, 2},
      {6, 32, 3},
      {6, 64, 4},
      {6, 96, 3},
      {6, 160, 3},
      {6, 320, 1}};
  Layers layers;
  layers.add(32, 27);
  std::int64_t input = 32;
  for (const Stage& stage : stages) {
    for (int block = 0; block < stage.blocks; ++block) {
      const std::int64_t wide = input * stage.expansion;
      if (stage.expansion > 1) {
        layers.add(wide, input);
      }
      layers.add(wide, 9);
      layers.add(stage.channels, wide);
      input = stage.channels;
    }
  }
  layers.add(1280, input);
  layers.add(1000, 1280);
  return layers;
}

/// No worse than the grid that holds every number.
bool is_right(
    const Layer& layer,
    const ompq::IntegerGrid& grid,
    const ompq::ScaleSearchOptions& options) {
  const auto found =
      ompq::search_row_scales(layer.weights, layer.columns, grid, options);
  const auto widest = ompq::search_row_scales(
      layer.weights,
      layer.columns,
      grid,
      {.rule = ompq::ScaleRule::MinMax, .is_symmetric = options.is_symmetric});
  const auto loss = [&](const ompq::AffineParameters& p) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < layer.columns; ++i) {
      const float x = layer.weights[static_cast<std::size_t>(i)];
      const float code = std::clamp(
          std::nearbyint(x / p.scale) + static_cast<float>(p.zero_point),
          static_cast<float>(grid.lowest()),
          static_cast<float>(grid.highest()));
      const float y = (code - static_cast<float>(p.zero_point)) * p.scale;
      sum += std::pow(std::abs(static_cast<double>(x - y)), options.power);
    }
    return sum;
  };
  return loss(found.front()) <= loss(widest.front()) * 1.0001;
}

void RowScales(benchmark::State& state) {
  const Layers layers = mobilenet_v2();
  const ompq::IntegerGrid grid{.bits = static_cast<int>(state.range(0))};
  const ompq::ScaleSearchOptions options{
      .rule = state.range(1) == 2 ? ompq::ScaleRule::MeanSquare
                                  : ompq::ScaleRule::LpNorm,
      .power = state.range(1) == 2 ? 2.0 : 2.4};
  for (const Layer& layer : layers.all()) {
    if (!is_right(layer, grid, options)) {
      state.SkipWithError("worse than the grid that holds every number");
      return;
    }
  }
  for (auto _ : state) {
    for (const Layer& layer : layers.all()) {
      benchmark::DoNotOptimize(
          ompq::search_row_scales(layer.weights, layer.columns, grid, options));
    }
  }
  state.SetItemsProcessed(state.iterations() * layers.size());
}

/// Activations: Gaussian, or after ReLU with half of them zero.
std::vector<float> activations(std::int64_t size, bool has_relu) {
  std::mt19937_64 generator(2);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(static_cast<std::size_t>(size));
  for (float& x : numbers) {
    x = normal(generator);
    x = has_relu ? std::max(x, 0.0F) : x;
  }
  return numbers;
}

void HistogramAdd(benchmark::State& state) {
  const auto numbers = activations(state.range(0), state.range(1) != 0);
  ompq::Histogram histogram;
  histogram.add(numbers);
  const auto zeros = std::count(numbers.begin(), numbers.end(), 0.0F);
  std::int64_t counted = 0;
  std::int64_t counted_zeros = 0;
  for (const auto& bin : histogram.bins()) {
    counted += bin.count;
    counted_zeros += bin.centre == 0.0 ? bin.count : 0;
  }
  if (counted != std::ssize(numbers) || counted_zeros != zeros) {
    state.SkipWithError("differs from the plain count");
    return;
  }
  for (auto _ : state) {
    histogram.add(numbers);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void SearchScale(benchmark::State& state) {
  const auto numbers = activations(1'000'000, false);
  ompq::Histogram histogram;
  histogram.add(numbers);
  const ompq::IntegerGrid grid{.bits = static_cast<int>(state.range(0))};
  const ompq::ScaleSearchOptions options{
      .rule = static_cast<ompq::ScaleRule>(state.range(1))};
  const auto found = ompq::search_scale(histogram, grid, options);
  const auto widest =
      ompq::search_scale(histogram, grid, {.rule = ompq::ScaleRule::MinMax});
  if (found.scale > 1.01F * widest.scale) {
    state.SkipWithError("larger than the grid that holds every number");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ompq::search_scale(histogram, grid, options));
  }
}

// Arguments: bits, rule.
BENCHMARK(SearchScale)
    ->ArgsProduct({{4, 8, 16}, {0, 1, 2, 3, 4}})
    ->Unit(benchmark::kMillisecond);
// Arguments: numbers, 1 after ReLU.
BENCHMARK(HistogramAdd)
    ->ArgsProduct({{1000, 100'000, 10'000'000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);
// Arguments: bits; 2 for squares, 0 for the default power.
BENCHMARK(RowScales)
    ->ArgsProduct({{2, 3, 4, 8}, {0, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
