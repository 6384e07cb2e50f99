// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

constexpr std::int64_t kSteps = 5;
constexpr std::int64_t kBatch = 3;
constexpr std::int64_t kInput = 4;
constexpr std::int64_t kHidden = 2;

/// Rows of stacked gates in another order.
at::Tensor reorder(
    const at::Tensor& gates, const std::vector<std::int64_t>& order) {
  const auto parts = gates.chunk(static_cast<std::int64_t>(order.size()), 0);
  std::vector<at::Tensor> result;
  for (const std::int64_t i : order) {
    result.push_back(parts[static_cast<std::size_t>(i)]);
  }
  return at::cat(result, 0);
}

/// Weights of one node with `gates` gates in each of `directions`.
struct Weights {
  Weights(std::int64_t gates, std::int64_t directions)
      : input(at::randn({directions, gates * kHidden, kInput})),
        recurrent(at::randn({directions, gates * kHidden, kHidden})),
        bias(at::randn({directions, 2 * gates * kHidden})) {}

  at::Tensor input;
  at::Tensor recurrent;
  at::Tensor bias;

  /// In the order the tensor library wants.
  [[nodiscard]] std::vector<at::Tensor> in_order(
      const std::vector<std::int64_t>& order) const {
    std::vector<at::Tensor> result;
    for (std::int64_t d = 0; d < input.size(0); ++d) {
      const auto halves = bias[d].chunk(2, 0);
      result.push_back(reorder(input[d], order));
      result.push_back(reorder(recurrent[d], order));
      result.push_back(reorder(halves[0], order));
      result.push_back(reorder(halves[1], order));
    }
    return result;
  }
};

/// [T, N, D H] as [T, D, N, H].
at::Tensor split_directions(const at::Tensor& y, std::int64_t directions) {
  return y.reshape({y.size(0), y.size(1), directions, -1})
      .permute({0, 2, 1, 3});
}

TEST(Lstm, EqualsTheTensorLibrarysInBothDirections) {
  at::manual_seed(7);
  const at::Tensor x = at::randn({kSteps, kBatch, kInput});
  const Weights weights(4, 2);
  const at::Tensor hidden = at::randn({2, kBatch, kHidden});
  const at::Tensor cell = at::randn({2, kBatch, kHidden});

  const Tensors ours = run_node(
      {"LSTM",
       {x, weights.input, weights.recurrent, weights.bias, {}, hidden, cell},
       {{"direction", "bidirectional"}, {"hidden_size", kHidden}},
       3});
  const auto [y, last_hidden, last_cell] = at::lstm(
      x,
      {hidden, cell},
      weights.in_order({0, 2, 3, 1}),
      /*has_biases=*/true,
      /*num_layers=*/1,
      /*dropout=*/0,
      /*train=*/false,
      /*bidirectional=*/true,
      /*batch_first=*/false);

  EXPECT_TRUE(tensor_near(ours[0], split_directions(y, 2)));
  EXPECT_TRUE(tensor_near(ours[1], last_hidden));
  EXPECT_TRUE(tensor_near(ours[2], last_cell));
}

TEST(Gru, EqualsTheTensorLibrarysWithLinearBeforeReset) {
  at::manual_seed(8);
  const at::Tensor x = at::randn({kSteps, kBatch, kInput});
  const Weights weights(3, 1);
  const at::Tensor hidden = at::randn({1, kBatch, kHidden});

  const Tensors ours = run_node(
      {"GRU",
       {x, weights.input, weights.recurrent, weights.bias, {}, hidden},
       {{"linear_before_reset", std::int64_t{1}}},
       2});
  const auto [y, last] = at::gru(
      x, hidden, weights.in_order({1, 0, 2}), true, 1, 0, false, false, false);

  EXPECT_TRUE(tensor_near(ours[0], split_directions(y, 1)));
  EXPECT_TRUE(tensor_near(ours[1], last));
}

TEST(Lstm, EndsEachSequenceAtItsLength) {
  at::manual_seed(9);
  const at::Tensor x = at::randn({kSteps, kBatch, kInput});
  const Weights weights(4, 1);
  const std::vector<std::int64_t> lengths{5, 2, 3};
  for (const char* direction : {"forward", "reverse"}) {
    const std::map<std::string, Attribute> attributes{
        {"direction", std::string(direction)}};

    const Tensors all = run_node(
        {"LSTM",
         {x,
          weights.input,
          weights.recurrent,
          weights.bias,
          at::tensor(lengths, at::kLong).to(at::kInt)},
         attributes,
         3});

    for (std::int64_t n = 0; n < kBatch; ++n) {
      const std::int64_t length = lengths[static_cast<std::size_t>(n)];
      const Tensors alone = run_node(
          {"LSTM",
           {x.narrow(0, 0, length).narrow(1, n, 1),
            weights.input,
            weights.recurrent,
            weights.bias},
           attributes,
           3});
      const at::Tensor y = all[0].narrow(2, n, 1);
      EXPECT_TRUE(tensor_near(y.narrow(0, 0, length), alone[0]));
      EXPECT_EQ(
          y.narrow(0, length, kSteps - length).abs().sum().item<float>(), 0);
      EXPECT_TRUE(tensor_near(all[1].narrow(1, n, 1), alone[1]));
      EXPECT_TRUE(tensor_near(all[2].narrow(1, n, 1), alone[2]));
    }
  }
}

TEST(Lstm, TakesTheBatchFirst) {
  at::manual_seed(10);
  const at::Tensor x = at::randn({kSteps, kBatch, kInput});
  const Weights weights(4, 2);
  const auto run = [&](const at::Tensor& input, std::int64_t layout) {
    return run_node(
        {"LSTM",
         {input, weights.input, weights.recurrent},
         {{"direction", "bidirectional"}, {"layout", layout}},
         3});
  };

  const Tensors steps_first = run(x, 0);
  const Tensors batch_first = run(x.transpose(0, 1), 1);

  EXPECT_TRUE(
      tensor_near(batch_first[0], steps_first[0].permute({2, 0, 1, 3})));
  EXPECT_TRUE(tensor_near(batch_first[1], steps_first[1].transpose(0, 1)));
}

TEST(Rnn, UsesTheActivationsThatTheNodeNames) {
  const at::Tensor x = at::tensor({-2.F, 3.F}).reshape({2, 1, 1});
  const at::Tensor one = at::ones({1, 1, 1});
  const auto run = [&](std::map<std::string, Attribute> attributes) {
    return run_node({"RNN", {x, one, at::zeros({1, 1, 1})}, attributes, 2})[0]
        .reshape({-1});
  };
  using Names = std::vector<std::string>;

  EXPECT_TRUE(tensor_near(
      run({{"activations", Names{"Relu"}}}), at::tensor({0.F, 3.F})));
  EXPECT_TRUE(tensor_near(
      run(
          {{"activations", Names{"LeakyRelu"}},
           {"activation_alpha", std::vector<float>{0.5F}}}),
      at::tensor({-1.F, 3.F})));
  EXPECT_TRUE(tensor_near(
      run({{"activations", Names{"Relu"}}, {"clip", 1.0F}}),
      at::tensor({0.F, 1.F})));
  EXPECT_THROW(static_cast<void>(run({{"activations", Names{"Blob"}}})), Error);
}

}  // namespace
}  // namespace ompq
