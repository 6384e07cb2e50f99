// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_paths.h"

#include <gtest/gtest.h>

#include "ompq/graph/quantizable_layers.h"

#include "tests/graph/layered_network.h"

namespace ompq {
namespace {

std::vector<ChannelPath> paths_of(const Graph& graph) {
  return find_channel_paths(graph, find_quantizable_layers(graph).layers);
}

const std::string& name_of(const Graph& graph, NodeId id) {
  return graph.node(id).name;
}

TEST(ChannelPaths, LeadFromALayerThroughItsActivationToTheNext) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {6, 4, 3, 3}, {{"pads", kPadOne}}, 6);
  net.relu6("a", "b");
  net.layer("Conv", "b", "c", {6, 1, 3, 3}, {{"group", std::int64_t{6}}});
  net.add("Relu", {"c"}, "d");
  net.layer("Conv", "d", "y", {5, 6, 1, 1});
  const Graph graph = net.finish();

  const auto paths = paths_of(graph);

  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(name_of(graph, paths[0].layer), "a_node");
  EXPECT_EQ(graph.value(paths[0].activation).name, "b");
  EXPECT_EQ(paths[0].limit, 6.0F);
  EXPECT_EQ(name_of(graph, paths[0].clip.value()), "b_node");
  ASSERT_EQ(paths[0].readers.size(), 1U);
  EXPECT_EQ(name_of(graph, paths[0].readers[0].node), "c_node");
  EXPECT_EQ(name_of(graph, paths[1].layer), "c_node");
  EXPECT_FALSE(paths[1].clip.has_value());
}

TEST(ChannelPaths, FollowConcatAndFlattenToTheInputsOfTheReader) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {3, 4, 1, 1});
  net.layer("Conv", "x", "b", {2, 4, 1, 1});
  net.add("Relu", {"b"}, "b_relu");
  net.add("Concat", {"a", "b_relu"}, "both", {{"axis", std::int64_t{1}}});
  net.add("Flatten", {"both"}, "flat", {{"axis", std::int64_t{1}}});
  net.layer("Gemm", "flat", "y", {7, 5 * 30}, {{"transB", std::int64_t{1}}}, 7);
  const Graph graph = net.finish();

  const auto paths = paths_of(graph);

  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].readers[0].first_input, 0);
  EXPECT_EQ(paths[0].readers[0].inputs_per_channel, 30);
  EXPECT_EQ(paths[1].readers[0].first_input, 3 * 30);
  EXPECT_EQ(graph.value(paths[1].activation).name, "b_relu");
}

TEST(ChannelPaths, BranchWhereSeveralLayersRead) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {3, 4, 1, 1});
  net.add("Relu", {"a"}, "r");
  net.layer("Conv", "r", "b", {5, 3, 1, 1});
  net.layer("Conv", "r", "c", {5, 3, 1, 1});
  const Graph graph = net.finish({"b", "c"});

  const auto paths = paths_of(graph);

  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].readers.size(), 2U);
}

/// A network of two layers with one node between them.
Graph two_layers_around(
    const std::string& op, const std::map<std::string, Attribute>& attributes) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {4, 4, 1, 1});
  net.add(op, {"a"}, "b", attributes);
  net.layer("Conv", "b", "y", {5, 4, 1, 1});
  return net.finish();
}

TEST(ChannelPaths, PassWhatIsPositivelyHomogeneous) {
  const std::vector<std::int64_t> window{2, 2};
  for (const std::string op :
       {"Relu", "LeakyRelu", "Identity", "GlobalAveragePool"}) {
    EXPECT_EQ(paths_of(two_layers_around(op, {})).size(), 1U) << op;
  }
  for (const std::string op : {"MaxPool", "AveragePool"}) {
    const Graph graph = two_layers_around(op, {{"kernel_shape", window}});
    EXPECT_EQ(paths_of(graph).size(), 1U) << op;
  }
}

TEST(ChannelPaths, EndAtOtherActivations) {
  for (const std::string op : {"Sigmoid", "HardSwish", "Elu", "Softplus"}) {
    EXPECT_TRUE(paths_of(two_layers_around(op, {})).empty()) << op;
  }
}

TEST(ChannelPaths, EndAtSumsAndAtOutputsOfTheNetwork) {
  LayeredNetwork sum;
  sum.layer("Conv", "x", "a", {4, 4, 1, 1});
  sum.add("Add", {"a", "x"}, "b");
  sum.layer("Conv", "b", "y", {5, 4, 1, 1});
  EXPECT_TRUE(paths_of(sum.finish()).empty());

  LayeredNetwork output;
  output.layer("Conv", "x", "a", {4, 4, 1, 1});
  output.layer("Conv", "a", "y", {5, 4, 1, 1});
  EXPECT_TRUE(paths_of(output.finish({"a", "y"})).empty());
}

TEST(ChannelPaths, LeaveSharedWeightsAlone) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {4, 4, 1, 1});
  net.add("Conv", {"a", "a_weight"}, "b");
  net.layer("Conv", "b", "y", {5, 4, 1, 1});

  EXPECT_TRUE(paths_of(net.finish()).empty());
}

TEST(ChannelPaths, LeaveClipsAloneThatDoNotBeginAtZero) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {4, 4, 1, 1});
  net.number("low", -1.0F);
  net.number("high", 1.0F);
  net.add("Clip", {"a", "low", "high"}, "b");
  net.layer("Conv", "b", "y", {5, 4, 1, 1});

  EXPECT_TRUE(paths_of(net.finish()).empty());
}

}  // namespace
}  // namespace ompq
