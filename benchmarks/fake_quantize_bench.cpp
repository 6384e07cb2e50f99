// SPDX-License-Identifier: MIT
//
// Fake quantization of an activation, forward and backward, in the cache and
// out of it, beside a plain copy of the same bytes. Counter bytes_per_second:
// what is read and written, 8 bytes an element forward, 12 backward.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "ompq/quantization/fake_quantize.h"
#include "ompq/quantization/fake_quantize_rows.h"

namespace {

constexpr float kScale = 0.02F;

/// What is timed besides rounding.
enum Variant : std::int64_t { kPlain, kClamp, kClampAndDrop };

std::vector<float> random_values(std::int64_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 5.5F);
  std::vector<float> values(static_cast<std::size_t>(size));
  std::generate(
      values.begin(), values.end(), [&] { return uniform(generator); });
  return values;
}

ompq::FakeQuantize settings_of(std::int64_t variant) {
  ompq::FakeQuantize settings{
      .grid = {.bits = 8}, .parameters = {.scale = kScale, .zero_point = 10}};
  if (variant != kPlain) {
    settings.low = 0.0F;
    settings.high = 6.0F;
  }
  settings.drop_probability = variant == kClampAndDrop ? 0.5F : 0.0F;
  return settings;
}

void set_bytes(benchmark::State& state, std::int64_t arrays) {
  state.SetBytesProcessed(
      state.iterations() * state.range(0) * arrays *
      static_cast<std::int64_t>(sizeof(float)));
}

void Copy(benchmark::State& state) {
  const auto x = random_values(state.range(0), 1);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    std::memcpy(y.data(), x.data(), x.size() * sizeof(float));
    benchmark::ClobberMemory();
  }
  set_bytes(state, 2);
}

void Forward(benchmark::State& state) {
  const auto settings = settings_of(state.range(1));
  const auto x = random_values(state.range(0), 1);
  std::vector<float> y(x.size());
  ompq::fake_quantize(settings, x, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float c = std::clamp(x[i], settings.low, settings.high);
    const float code = std::clamp(std::nearbyint(c / kScale), -10.0F, 245.0F);
    if (y[i] != code * kScale &&
        (state.range(1) != kClampAndDrop || y[i] != c)) {
      state.SkipWithError("differs from the plain formula");
      return;
    }
  }
  for (auto _ : state) {
    ompq::fake_quantize(settings, x, y);
    benchmark::ClobberMemory();
  }
  set_bytes(state, 2);
}

void Gradient(benchmark::State& state) {
  const auto settings = settings_of(state.range(1));
  const auto x = random_values(state.range(0), 1);
  const auto dy = random_values(state.range(0), 2);
  std::vector<float> dx(x.size());
  (void)ompq::fake_quantize_gradient(settings, x, dy, dx);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool is_inside = x[i] > std::max(settings.low, -10.5F * kScale) &&
                           x[i] < std::min(settings.high, 245.5F * kScale);
    if (dx[i] != dy[i] && (is_inside || dx[i] != 0.0F)) {
      state.SkipWithError("differs from the plain formula");
      return;
    }
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ompq::fake_quantize_gradient(settings, x, dy, dx));
    benchmark::ClobberMemory();
  }
  set_bytes(state, 3);
}

/// Weights of a layer, forward and backward, each row with its scale.
void RowsForwardAndGradient(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  const std::int64_t size = rows * state.range(1);
  const std::vector<ompq::AffineParameters> parameters(
      static_cast<std::size_t>(rows), {.scale = kScale, .zero_point = 10});
  const ompq::IntegerGrid grid{.bits = 4};
  const auto weights = random_values(size, 1);
  std::vector<float> y(weights.size());
  std::vector<float> expected(weights.size());
  std::vector<float> dw(weights.size());
  std::vector<float> dscale(parameters.size());
  ompq::fake_quantize_rows(grid, parameters, weights, y);
  ompq::fake_quantize(
      {.grid = grid, .parameters = parameters.front()}, weights, expected);
  if (y != expected) {
    state.SkipWithError("differs from the kernel of one tensor");
    return;
  }
  for (auto _ : state) {
    ompq::fake_quantize_rows(grid, parameters, weights, y);
    ompq::fake_quantize_rows_gradient(grid, parameters, weights, y, dw, dscale);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(
      state.iterations() * size * 5 * static_cast<std::int64_t>(sizeof(float)));
}

// Arguments: elements (16 KiB, 512 KiB, 128 MiB), variant.
BENCHMARK(Copy)->Arg(1 << 12)->Arg(1 << 17)->Arg(1 << 25);
BENCHMARK(Forward)->ArgsProduct(
    {{1 << 12, 1 << 17, 1 << 25}, {kPlain, kClamp, kClampAndDrop}});
BENCHMARK(Gradient)->ArgsProduct(
    {{1 << 12, 1 << 17, 1 << 25}, {kPlain, kClamp, kClampAndDrop}});

// Arguments: rows, columns; a depthwise, a 3x3 and two 1x1 layers.
BENCHMARK(RowsForwardAndGradient)
    ->Args({960, 9})
    ->Args({64, 576})
    ->Args({320, 960})
    ->Args({1280, 320})
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
