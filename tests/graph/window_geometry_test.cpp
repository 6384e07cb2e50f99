// SPDX-License-Identifier: MIT
#include "ompq/graph/window_geometry.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

Node make_node(
    const std::string& op, std::map<std::string, Attribute> attributes) {
  Node node;
  node.name = "the_node";
  node.op_type = op;
  node.inputs = {ValueId(0), ValueId(1)};
  node.outputs = {ValueId(2)};
  node.attributes = std::move(attributes);
  return node;
}

/// Parameters of a one-dimensional window and its input.
struct Window {
  std::int64_t size = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] std::int64_t extent() const {
    return dilation * (kernel - 1) + 1;
  }
  [[nodiscard]] std::map<std::string, Attribute> attributes() const {
    return {
        {"kernel_shape", Integers{kernel}},
        {"strides", Integers{stride}},
        {"dilations", Integers{dilation}},
        {"pads", Integers{begin, end}}};
  }
};

Window random_window(std::mt19937& random) {
  const auto draw = [&](int low, int high) {
    return std::int64_t{std::uniform_int_distribution<int>(low, high)(random)};
  };
  Window window;
  window.kernel = draw(1, 5);
  window.stride = draw(1, 4);
  window.dilation = draw(1, 3);
  window.begin = draw(0, 3);
  window.end = draw(0, 3);
  window.size = draw(1, 20) + window.extent();
  return window;
}

/// Puts windows one after the other and counts those that are allowed.
std::int64_t count_windows(const Window& window, bool ceil_mode) {
  std::int64_t count = 0;
  const std::int64_t last = window.size + window.end;
  for (std::int64_t start = -window.begin;; start += window.stride) {
    const bool fits = start + window.extent() <= last;
    // The first window that reaches beyond the end counts with ceil_mode if it
    // starts inside the input or the left padding and something is left over.
    const std::int64_t previous_end = start - window.stride + window.extent();
    const bool overhangs =
        ceil_mode && !fits && start < window.size && previous_end < last;
    if (!fits && !overhangs) {
      return count;
    }
    ++count;
    if (overhangs) {
      return count;
    }
  }
}

ValueFacts input_of(const Shape& shape) {
  return {DataType::Float32, shape, std::nullopt};
}

TEST(WindowGeometry, OfPoolsCountsWindows) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const Window window = random_window(random);
    const bool ceil_mode = round % 2 == 1;
    auto attributes = window.attributes();
    attributes["ceil_mode"] = std::int64_t{ceil_mode ? 1 : 0};
    const Node node = make_node("MaxPool", attributes);
    const ValueFacts input = input_of({2, 3, window.size});

    const WindowGeometry geometry = pool_geometry(NodeFacts(node, {&input}));

    EXPECT_EQ(geometry.output[0], count_windows(window, ceil_mode))
        << "size " << window.size << " kernel " << window.kernel << " stride "
        << window.stride << " dilation " << window.dilation << " pads "
        << window.begin << ", " << window.end << " ceil " << ceil_mode;
  }
}

TEST(WindowGeometry, OfConvTransposeUndoesThatOfConv) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const Window window = random_window(random);
    const Node conv = make_node("Conv", window.attributes());
    const ValueFacts input = input_of({1, 1, window.size});
    const ValueFacts weight = input_of({1, 1, window.kernel});
    const std::int64_t output =
        conv_geometry(NodeFacts(conv, {&input, &weight})).output[0];
    auto attributes = window.attributes();
    // What the division by the stride cut off.
    const std::int64_t rest =
        (window.size + window.begin + window.end - window.extent()) %
        window.stride;
    attributes["output_padding"] = Integers{rest};
    const Node back = make_node("ConvTranspose", attributes);
    const ValueFacts reduced = input_of({1, 1, output});

    const WindowGeometry geometry =
        conv_transpose_geometry(NodeFacts(back, {&reduced, &weight}));

    EXPECT_EQ(geometry.output[0], window.size);
  }
}

TEST(WindowGeometry, PadsToTheSameSize) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const Window window = random_window(random);
    auto attributes = window.attributes();
    attributes.erase("pads");
    attributes["auto_pad"] =
        std::string(round % 2 == 0 ? "SAME_UPPER" : "SAME_LOWER");
    const Node node = make_node("Conv", attributes);
    const ValueFacts input = input_of({1, 1, window.size});
    const ValueFacts weight = input_of({1, 1, window.kernel});

    const WindowGeometry geometry =
        conv_geometry(NodeFacts(node, {&input, &weight}));

    EXPECT_EQ(
        geometry.output[0], (window.size + window.stride - 1) / window.stride);
    const std::int64_t difference =
        geometry.pads_end[0] - geometry.pads_begin[0];
    EXPECT_TRUE(difference == 0 || difference == (round % 2 == 0 ? 1 : -1));
  }
}

TEST(WindowGeometry, NamesNodeAndShapesOfAWindowThatDoesNotFit) {
  const Node node =
      make_node("AveragePool", {{"kernel_shape", Integers{7, 7}}});
  const ValueFacts input = input_of({1, 8, 5, 9});

  expect_error(ErrorCode::ShapeMismatch, "'the_node' (AveragePool)", [&] {
    static_cast<void>(pool_geometry(NodeFacts(node, {&input})));
  });
  expect_error(ErrorCode::ShapeMismatch, "[1, 8, 5, 9]", [&] {
    static_cast<void>(pool_geometry(NodeFacts(node, {&input})));
  });
}

}  // namespace
}  // namespace ompq
