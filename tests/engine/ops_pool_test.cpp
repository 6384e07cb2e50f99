// SPDX-License-Identifier: MIT
#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Ints = std::vector<std::int64_t>;
using Attributes = std::map<std::string, Attribute>;

struct PoolCase {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool ceil_mode = false;
  bool count_include_pad = false;
};

Attributes attributes_of(const PoolCase& c) {
  return {
      {"kernel_shape", Ints{c.kernel}},
      {"strides", Ints{c.stride}},
      {"dilations", Ints{c.dilation}},
      {"pads", Ints{c.begin, c.end}},
      {"ceil_mode", std::int64_t{c.ceil_mode}},
      {"count_include_pad", std::int64_t{c.count_include_pad}}};
}

struct NaivePools {
  std::vector<float> largest;
  std::vector<float> mean;
};

/// Window by window. A window that starts beyond input and padding at its
/// beginning does not exist; elements beyond the padding never count.
NaivePools naive_pools(const std::vector<float>& x, const PoolCase& c) {
  const auto size = static_cast<std::int64_t>(x.size());
  const std::int64_t extent = c.dilation * (c.kernel - 1) + 1;
  NaivePools result;
  for (std::int64_t start = -c.begin;; start += c.stride) {
    const bool fits = start + extent <= size + c.end;
    const bool partly =
        c.ceil_mode && start < size && start + extent < size + c.end + c.stride;
    if (!fits && !partly) {
      return result;
    }
    float largest = -std::numeric_limits<float>::infinity();
    double sum = 0;
    double count = 0;
    for (std::int64_t k = 0; k < c.kernel; ++k) {
      const std::int64_t i = start + k * c.dilation;
      if (i >= 0 && i < size) {
        largest = std::max(largest, x[static_cast<std::size_t>(i)]);
        sum += x[static_cast<std::size_t>(i)];
        count += 1;
      } else if (c.count_include_pad && i < size + c.end) {
        count += 1;
      }
    }
    result.largest.push_back(largest);
    result.mean.push_back(static_cast<float>(sum / count));
  }
}

const std::vector<PoolCase>& pool_cases() {
  static const std::vector<PoolCase> cases{
      {},
      {.stride = 2},
      {.stride = 2, .ceil_mode = true},
      {.stride = 3, .begin = 1, .end = 1, .ceil_mode = true},
      {.kernel = 2, .stride = 2, .begin = 1, .end = 0},
      {.kernel = 3, .stride = 2, .begin = 0, .end = 2, .ceil_mode = true},
      {.kernel = 3, .stride = 1, .dilation = 2, .begin = 2, .end = 1},
      {.kernel = 2, .stride = 3, .dilation = 3, .ceil_mode = true},
      {.kernel = 4, .stride = 4, .begin = 2, .end = 2, .ceil_mode = true},
  };
  return cases;
}

const std::vector<float> kSignal{-3, 1, 4, -1, -5, 9, 2, -6, 5, 3};

at::Tensor row(const std::vector<float>& values) {
  return at::tensor(values).reshape(
      {1, 1, static_cast<std::int64_t>(values.size())});
}

TEST(MaxPool, EqualsTheLargestOfEachWindow) {
  for (const PoolCase& c : pool_cases()) {
    Attributes attributes = attributes_of(c);
    attributes.erase("count_include_pad");

    EXPECT_TRUE(tensor_near(
        run_node({"MaxPool", {row(kSignal)}, attributes})[0],
        row(naive_pools(kSignal, c).largest)))
        << "kernel " << c.kernel << ", stride " << c.stride;
  }
}

TEST(AveragePool, EqualsTheMeanOfEachWindow) {
  for (PoolCase c : pool_cases()) {
    for (const bool count_include_pad : {false, true}) {
      c.count_include_pad = count_include_pad;

      EXPECT_TRUE(tensor_near(
          run_node({"AveragePool", {row(kSignal)}, attributes_of(c)})[0],
          row(naive_pools(kSignal, c).mean)))
          << "kernel " << c.kernel << ", stride " << c.stride
          << ", padding counts: " << count_include_pad;
    }
  }
}

TEST(Pools, OfPicturesAreTheProductOfThoseOfRows) {
  const at::Tensor column = at::tensor(kSignal).reshape({1, 1, 10, 1});
  for (const PoolCase& c : pool_cases()) {
    const Attributes attributes{
        {"kernel_shape", Ints{c.kernel, 1}},
        {"strides", Ints{c.stride, 1}},
        {"dilations", Ints{c.dilation, 1}},
        {"pads", Ints{c.begin, 0, c.end, 0}},
        {"ceil_mode", std::int64_t{c.ceil_mode}}};
    const auto pool = [&](const char* name) {
      return run_node(
          {name, {column.expand({1, 1, 10, 4})}, attributes})[0][0][0];
    };

    const NaivePools expected = naive_pools(kSignal, c);
    for (std::int64_t j = 0; j < 4; ++j) {
      EXPECT_TRUE(tensor_near(
          pool("MaxPool").select(1, j), at::tensor(expected.largest)));
      EXPECT_TRUE(tensor_near(
          pool("AveragePool").select(1, j), at::tensor(expected.mean)));
    }
  }
}

TEST(MaxPool, TakesBytes) {
  const at::Tensor x =
      at::tensor({-128, 3, 127, -1}, at::kInt).to(at::kChar).reshape({1, 1, 4});

  const at::Tensor y = run_node(
      {"MaxPool", {x}, {{"kernel_shape", Ints{2}}, {"pads", Ints{1, 0}}}})[0];

  EXPECT_TRUE(tensor_near(
      y,
      at::tensor({-128, 3, 127, 127}, at::kInt)
          .to(at::kChar)
          .reshape({1, 1, 4})));
}

TEST(MaxPool, GivesIndicesIntoTheWholeTensor) {
  const at::Tensor x = at::arange(32, at::kFloat).reshape({2, 1, 4, 4});

  const Tensors result = run_node(
      {"MaxPool",
       {x},
       {{"kernel_shape", Ints{2, 2}},
        {"strides", Ints{2, 2}},
        {"pads", Ints{0, 0, 1, 1}}},
       2});

  EXPECT_TRUE(tensor_near(result[1].to(at::kFloat), result[0]));
}

TEST(Pools, KeepChannelsLast) {
  const auto format = at::MemoryFormat::ChannelsLast;
  const at::Tensor x = at::rand({2, 4, 8, 8}).contiguous(format);
  for (const char* name : {"MaxPool", "AveragePool"}) {
    const at::Tensor y = run_node(
        {name,
         {x},
         {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}})[0];

    EXPECT_TRUE(y.is_contiguous(format)) << name;
  }
}

TEST(GlobalPools, ReduceEverySpatialAxis) {
  const at::Tensor x = at::arange(8, at::kFloat).reshape({1, 2, 2, 2});

  EXPECT_TRUE(tensor_near(
      run_node({"GlobalAveragePool", {x}})[0],
      at::tensor({1.5F, 5.5F}).reshape({1, 2, 1, 1})));
  EXPECT_TRUE(tensor_near(
      run_node({"GlobalMaxPool", {x}})[0],
      at::tensor({3.F, 7.F}).reshape({1, 2, 1, 1})));
}

TEST(Pools, RefuseAMissingKernel) {
  EXPECT_THROW(static_cast<void>(run_node({"MaxPool", {row(kSignal)}})), Error);
}

}  // namespace
}  // namespace ompq
