// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Ints = std::vector<std::int64_t>;

struct ConvCase {
  Ints stride{1, 1};
  Ints dilation{1, 1};
  /// Top, left, bottom, right.
  Ints pads{0, 0, 0, 0};
  std::int64_t groups = 1;
};

/// Sums over every input element a window covers, one by one.
at::Tensor naive_conv(
    const at::Tensor& x,
    const at::Tensor& w,
    const at::Tensor& b,
    const ConvCase& c) {
  const auto size = [&](std::int64_t axis) {
    const std::int64_t extent = c.dilation[axis] * (w.size(axis + 2) - 1) + 1;
    return (x.size(axis + 2) + c.pads[axis] + c.pads[axis + 2] - extent) /
               c.stride[axis] +
           1;
  };
  const at::Tensor y = at::zeros({x.size(0), w.size(0), size(0), size(1)});
  auto out = y.accessor<float, 4>();
  const auto in = x.accessor<float, 4>();
  const auto weight = w.accessor<float, 4>();
  const std::int64_t outputs_per_group = w.size(0) / c.groups;
  for (std::int64_t n = 0; n < y.size(0); ++n)
    for (std::int64_t o = 0; o < y.size(1); ++o)
      for (std::int64_t i = 0; i < y.size(2); ++i)
        for (std::int64_t j = 0; j < y.size(3); ++j) {
          double sum = b[o].item<double>();
          for (std::int64_t k = 0; k < w.size(1); ++k)
            for (std::int64_t p = 0; p < w.size(2); ++p)
              for (std::int64_t q = 0; q < w.size(3); ++q) {
                const auto row =
                    i * c.stride[0] + p * c.dilation[0] - c.pads[0];
                const auto column =
                    j * c.stride[1] + q * c.dilation[1] - c.pads[1];
                const auto channel = o / outputs_per_group * w.size(1) + k;
                if (row >= 0 && row < x.size(2) && column >= 0 &&
                    column < x.size(3)) {
                  sum += in[n][channel][row][column] * weight[o][k][p][q];
                }
              }
          out[n][o][i][j] = static_cast<float>(sum);
        }
  return y;
}

TEST(Conv, EqualsTheSumOverEachWindow) {
  at::manual_seed(1);
  const std::vector<ConvCase> cases{
      {},
      {.stride = {2, 1}, .pads = {1, 1, 1, 1}},
      {.pads = {0, 2, 1, 0}},
      {.dilation = {2, 3}, .pads = {3, 0, 1, 2}},
      {.stride = {3, 2}, .pads = {2, 1, 0, 1}, .groups = 2},
      {.stride = {1, 2}, .dilation = {2, 1}, .pads = {0, 0, 3, 1}, .groups = 4},
  };
  for (const ConvCase& c : cases) {
    const at::Tensor x = at::randn({2, 4, 9, 8});
    const at::Tensor w = at::randn({8, 4 / c.groups, 3, 2});
    const at::Tensor b = at::randn({8});

    const at::Tensor y = run_node(
        {"Conv",
         {x, w, b},
         {{"strides", c.stride},
          {"dilations", c.dilation},
          {"pads", c.pads},
          {"group", c.groups}}})[0];

    EXPECT_TRUE(tensor_near(
        y, naive_conv(x, w, b, c), {.relative = 1e-4, .absolute = 1e-5}));
  }
}

TEST(Conv, SamePaddingPutsTheOddPadWhereItsNameSays) {
  const at::Tensor x = at::arange(16, at::kFloat).reshape({1, 1, 4, 4});
  const at::Tensor w = at::ones({1, 1, 2, 2});
  const auto run = [&](const std::string& mode) {
    return run_node({"Conv", {x, w}, {{"auto_pad", mode}}})[0];
  };

  EXPECT_EQ(run("SAME_UPPER").sizes(), x.sizes());
  EXPECT_EQ(run("SAME_UPPER")[0][0][3][3].item<float>(), 15);
  EXPECT_EQ(run("SAME_LOWER")[0][0][0][0].item<float>(), 0);
  EXPECT_EQ(run("SAME_LOWER")[0][0][3][3].item<float>(), 10 + 11 + 14 + 15);
  EXPECT_EQ(run("VALID").size(2), 3);
}

TEST(Conv, WorksInOneAndThreeDimensions) {
  const at::Tensor x = at::arange(5, at::kFloat).reshape({1, 1, 5});
  const at::Tensor y =
      run_node({"Conv", {x, at::ones({1, 1, 3})}, {{"pads", Ints{2, 0}}}})[0];
  const at::Tensor cube = run_node(
      {"Conv", {at::ones({1, 1, 3, 3, 3}), at::ones({1, 1, 2, 2, 2})}})[0];

  EXPECT_TRUE(
      tensor_near(y, at::tensor({0.F, 1.F, 3.F, 6.F, 9.F}).reshape({1, 1, 5})));
  EXPECT_TRUE(tensor_near(cube, at::full({1, 1, 2, 2, 2}, 8.F)));
}

TEST(Conv, KeepsChannelsLast) {
  const auto format = at::MemoryFormat::ChannelsLast;
  const at::Tensor x = at::rand({2, 4, 8, 8}).contiguous(format);
  const at::Tensor w = at::rand({8, 4, 3, 3}).contiguous(format);

  for (const Ints& pads : {Ints{1, 1, 1, 1}, Ints{0, 0, 1, 1}}) {
    const at::Tensor y = run_node({"Conv", {x, w}, {{"pads", pads}}})[0];

    EXPECT_TRUE(y.is_contiguous(format));
  }
}

TEST(Conv, RefusesAWindowLargerThanTheInput) {
  EXPECT_THROW(
      static_cast<void>(
          run_node({"Conv", {at::ones({1, 1, 2, 2}), at::ones({1, 1, 3, 3})}})),
      Error);
}

/// Every input element adds its multiple of the kernel to the output.
at::Tensor naive_conv_transpose(
    const at::Tensor& x,
    const at::Tensor& w,
    const ConvCase& c,
    const Ints& output_size) {
  const at::Tensor y =
      at::zeros({x.size(0), w.size(1), output_size[0], output_size[1]});
  auto out = y.accessor<float, 4>();
  const auto in = x.accessor<float, 4>();
  const auto weight = w.accessor<float, 4>();
  for (std::int64_t n = 0; n < x.size(0); ++n)
    for (std::int64_t k = 0; k < x.size(1); ++k)
      for (std::int64_t i = 0; i < x.size(2); ++i)
        for (std::int64_t j = 0; j < x.size(3); ++j)
          for (std::int64_t o = 0; o < w.size(1); ++o)
            for (std::int64_t p = 0; p < w.size(2); ++p)
              for (std::int64_t q = 0; q < w.size(3); ++q) {
                const auto row =
                    i * c.stride[0] + p * c.dilation[0] - c.pads[0];
                const auto column =
                    j * c.stride[1] + q * c.dilation[1] - c.pads[1];
                if (row >= 0 && row < y.size(2) && column >= 0 &&
                    column < y.size(3)) {
                  out[n][o][row][column] += in[n][k][i][j] * weight[k][o][p][q];
                }
              }
  return y;
}

TEST(ConvTranspose, EqualsTheSumOfShiftedKernels) {
  at::manual_seed(2);
  const at::Tensor x = at::randn({2, 3, 4, 5});
  const at::Tensor w = at::randn({3, 2, 3, 2});
  struct {
    ConvCase conv;
    Ints output_padding;
    Ints output_size;
  } const cases[] = {
      {{.stride = {2, 2}, .pads = {1, 1, 1, 1}}, {}, {7, 8}},
      {{.stride = {2, 3}, .pads = {0, 1, 2, 0}}, {1, 2}, {8, 15}},
      {{.stride = {2, 2}, .dilation = {2, 1}}, {1, 1}, {12, 11}},
  };
  for (const auto& c : cases) {
    const at::Tensor y = run_node(
        {"ConvTranspose",
         {x, w},
         {{"strides", c.conv.stride},
          {"dilations", c.conv.dilation},
          {"pads", c.conv.pads},
          {"output_padding",
           c.output_padding.empty() ? Ints{0, 0} : c.output_padding}}})[0];

    EXPECT_TRUE(tensor_near(
        y,
        naive_conv_transpose(x, w, c.conv, c.output_size),
        {.relative = 1e-4, .absolute = 1e-5}));
  }
}

TEST(ConvTranspose, ReachesTheOutputShapeAndAddsTheBiasEverywhere) {
  const at::Tensor x = at::zeros({1, 1, 3, 3});
  const at::Tensor w = at::ones({1, 2, 3, 3});
  const at::Tensor b = at::tensor({1.F, 2.F});

  const at::Tensor y = run_node(
      {"ConvTranspose",
       {x, w, b},
       {{"strides", Ints{3, 2}}, {"output_shape", Ints{10, 8}}}})[0];

  EXPECT_TRUE(tensor_near(y, b.reshape({1, 2, 1, 1}).expand({1, 2, 10, 8})));
}

}  // namespace
}  // namespace ompq
