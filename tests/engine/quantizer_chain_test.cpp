// SPDX-License-Identifier: MIT
#include "ompq/engine/quantizer_chain.h"

#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

/// Nodes that each read the value of the one before.
class Chain {
 public:
  Chain() : builder_("chain", 21) {
    builder_.add_input(
        "x",
        DataType::Float32,
        std::vector<Dimension>{{-1, "N"}, {3, ""}, {7, ""}, {5, ""}});
  }

  Chain& add(const std::string& op_type, std::vector<std::string> more = {}) {
    const std::string output = fmt::format("v{}", ++count_);
    more.insert(more.begin(), value_);
    builder_.add_node(
        {.name = output + "_node",
         .op_type = op_type,
         .inputs = std::move(more),
         .outputs = {output}});
    value_ = output;
    return *this;
  }

  std::string constant(Constant constant) {
    const std::string name = fmt::format("c{}", ++count_);
    builder_.add_constant(name, std::move(constant));
    return name;
  }

  Chain& clip(float low, float high) {
    return add(
        "Clip",
        {constant(Constant::scalar(low)), constant(Constant::scalar(high))});
  }

  template <typename Code>
  Chain& quantizer(float scale, Code zero_point) {
    const std::string s = constant(Constant::scalar(scale));
    const std::string z = constant(Constant::scalar(zero_point));
    add("QuantizeLinear", {s, z});
    return add("DequantizeLinear", {s, z});
  }

  /// The value that was added last is an output too.
  Chain& show() {
    builder_.add_output(value_);
    return *this;
  }

  Graph build() { return infer_shapes(std::move(show().builder_).build()); }

 private:
  GraphBuilder builder_;
  std::string value_ = "x";
  int count_ = 0;
};

at::Tensor samples() {
  at::manual_seed(3);
  at::Tensor x = at::randn({2, 3, 7, 5}) * 3;
  // Exactly between two codes.
  x.view({-1})[0] = 0.25F;
  x.view({-1})[1] = 0.75F;
  return x.contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor run(const Graph& graph, bool fuse) {
  const Network network(graph, {.fuse = fuse});
  return network.run({{samples()}})[0][0];
}

std::vector<std::size_t> merged(const Graph& graph) {
  std::vector<std::size_t> counts;
  for (const QuantizerChain& chain : find_quantizer_chains(graph, {})) {
    counts.push_back(chain.nodes.size());
  }
  return counts;
}

using Counts = std::vector<std::size_t>;

TEST(QuantizerChain, MergesTheClampsBeforeIt) {
  const Graph graph = Chain()
                          .add("Relu")
                          .clip(0.0F, 1.55F)
                          .quantizer<std::uint8_t>(0.5F, 0)
                          .build();

  const auto chains = find_quantizer_chains(graph, {});

  ASSERT_EQ(chains.size(), 1U);
  EXPECT_EQ(chains[0].nodes.size(), 4U);
  EXPECT_EQ(graph.value(chains[0].input).name, "x");
  EXPECT_EQ(chains[0].settings.low, 0.0F);
  EXPECT_EQ(chains[0].settings.high, 1.55F);
}

TEST(QuantizerChain, ComposesClampsInTheirOrder) {
  const Graph graph = Chain()
                          .clip(-2.0F, -1.0F)
                          .clip(0.5F, 3.0F)
                          .quantizer<std::int8_t>(0.5F, 4)
                          .build();
  EXPECT_TRUE(at::equal(run(graph, true), run(graph, false)));
}

TEST(QuantizerChain, GivesTheBitsOfTheSeparateOperators) {
  const auto expect_same = [](const Graph& graph) {
    ASSERT_EQ(merged(graph).size(), 2U);
    EXPECT_TRUE(at::equal(run(graph, true), run(graph, false)));
  };
  expect_same(Chain()
                  .quantizer<std::uint8_t>(0.5F, 100)
                  .add("Relu")
                  .clip(0.0F, 2.1F)
                  .quantizer<std::int8_t>(0.013F, -7)
                  .build());
  expect_same(Chain()
                  .clip(-3.0F, 3.0F)
                  .quantizer<std::uint16_t>(0.001F, 40000)
                  .add("Neg")
                  .quantizer<std::int16_t>(0.1F, 3)
                  .build());
}

TEST(QuantizerChain, LeavesValuesThatSomebodyElseReads) {
  EXPECT_EQ(
      merged(Chain().add("Relu").show().quantizer<std::uint8_t>(1, 0).build()),
      Counts{2});
  const Graph graph =
      Chain().add("Relu").add("Sigmoid").quantizer<std::uint8_t>(1, 0).build();
  EXPECT_EQ(merged(graph), Counts{2});
  const ValueId codes = *graph.node(graph.nodes()[2].id).output(0);
  EXPECT_TRUE(find_quantizer_chains(graph, {codes}).empty());
}

TEST(QuantizerChain, LeavesQuantizersThatAreNoIdentityOnTheGrid) {
  Chain two_scales;
  const std::string one = two_scales.constant(Constant::scalar(1.0F));
  const std::string two = two_scales.constant(Constant::scalar(2.0F));
  two_scales.add("QuantizeLinear", {one}).add("DequantizeLinear", {two});
  const Graph graph = two_scales.build();
  EXPECT_TRUE(merged(graph).empty());
  EXPECT_TRUE(at::equal(run(graph, true), run(graph, false)));

  Chain per_channel;
  const std::string scales =
      per_channel.constant(Constant::from<float>({1.0F, 2.0F, 3.0F}, {3}));
  per_channel.add("QuantizeLinear", {scales}).add("DequantizeLinear", {scales});
  EXPECT_TRUE(merged(per_channel.build()).empty());
}

TEST(QuantizerChain, DoesNotOverwriteWhatIsStillNeeded) {
  const Graph graph = Chain().show().quantizer<std::uint8_t>(0.5F, 9).build();
  const Network network(graph);
  const at::Tensor x = samples();
  const auto outputs = network.run({{x.clone()}})[0];
  EXPECT_TRUE(at::equal(outputs[0], x));
}

TEST(FakeQuantizeTensor, KeepsTheLayoutAndTakesAnyTensor) {
  const FakeQuantize settings{.parameters = {.scale = 0.5F, .zero_point = 9}};
  const at::Tensor x = samples();
  const at::Tensor y = fake_quantize_tensor(settings, x, false);
  EXPECT_EQ(y.strides(), x.strides());
  const at::Tensor part = x.slice(1, 0, 3, 2);
  EXPECT_TRUE(at::equal(
      fake_quantize_tensor(settings, part, false), y.slice(1, 0, 3, 2)));
  const at::Tensor own = x.clone();
  EXPECT_TRUE(at::equal(fake_quantize_tensor(settings, own, true), y));
  EXPECT_TRUE(at::equal(own, y));
}

}  // namespace
}  // namespace ompq
