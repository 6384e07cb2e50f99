// SPDX-License-Identifier: MIT
#include "ompq/export/encodings.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/pipeline/load_exported.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/same_outputs.h"
#include "tests/export/small_networks.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

Json encodings_of(const QuantizedModel& model) {
  return to_aimet_encodings(every_layer(), model);
}

TEST(Encodings, HaveTheFieldsOfAimet) {
  QuantizedModel model = quantized_every_layer(
      {.weights = {.bits = 3, .is_signed = true}, .group_size = 2});
  model.layers[0].weight.zero_points = {0, 0, -4, 3};
  model.layers.erase(model.layers.begin() + 3, model.layers.end());
  const Json json = encodings_of(model);

  EXPECT_EQ(json["version"], "1.0.0");
  EXPECT_EQ(
      json["activation_encodings"][0],
      (Json{
          {"name", "image"},
          {"enc_type", "PER_TENSOR"},
          {"dtype", "INT"},
          {"bw", 8},
          {"is_sym", false},
          {"scale", {static_cast<double>(0.05F)}},
          {"offset", {-20}}}));
  const Json& weight = json["param_encodings"][0];
  EXPECT_EQ(weight["name"], "w1_rounded");
  EXPECT_EQ(weight["enc_type"], "PER_CHANNEL");
  EXPECT_EQ(weight["bw"], 3);
  EXPECT_EQ(weight["offset"], (Json{-4, -4, 0, -7}));
  EXPECT_EQ(weight["scale"].size(), 4U);
  EXPECT_EQ(json["excluded_layers"], (Json{"product", "scores"}));
  EXPECT_EQ(
      json["quantizer_args"],
      (Json{
          {"activation_bitwidth", 8},
          {"dtype", "int"},
          {"is_symmetric", false},
          {"param_bitwidth", 3},
          {"per_channel_quantization", true},
          {"quant_scheme", "post_training_tf_enhanced"}}));
}

TEST(Encodings, SayThatAGridIsSymmetric) {
  for (const bool is_signed : {false, true}) {
    QuantizedModel model =
        quantized_every_layer({.weights = {.bits = 4, .is_signed = is_signed}});
    for (QuantizedLayer& layer : model.layers) {
      std::ranges::fill(layer.weight.zero_points, is_signed ? 0 : 8);
      std::ranges::fill(layer.weight.scales, 0.1F);
    }
    const Json weight = encodings_of(model)["param_encodings"][0];
    EXPECT_EQ(weight["is_sym"], true);
    EXPECT_EQ(weight["offset"], Json{-8});
    EXPECT_EQ(weight["enc_type"], "PER_TENSOR");
  }
}

TEST(Encodings, ListBlocksChannelFirst) {
  const QuantizedModel model = quantized_every_layer({.group_size = 1});
  const Json weight = encodings_of(model)["param_encodings"][3];
  EXPECT_EQ(weight["name"], "w4_rounded");
  EXPECT_EQ(weight["enc_type"], "PER_BLOCK");
  EXPECT_EQ(weight["block_size"], 1);
  const std::vector<float>& scales = model.layers[3].weight.scales;
  EXPECT_EQ(
      weight["scale"], Json(std::vector<double>(scales.begin(), scales.end())));
}

TEST(Encodings, OfASharedWeightStandOnce) {
  GraphBuilder builder("twins", 21);
  builder.add_input(
      "a", DataType::Float32, std::vector<Dimension>{{2, ""}, {3, ""}});
  builder.add_constant("w", scattered({3, 3}, 1));
  builder.add_node({"one", "", "MatMul", {"a", "w"}, {"b"}, {}});
  builder.add_node({"two", "", "MatMul", {"b", "w"}, {"c"}, {}});
  builder.add_output("c");
  const Graph twins = infer_shapes(std::move(builder).build());
  QuantizedModel model = quantize_plainly(twins);
  EXPECT_EQ(to_aimet_encodings(twins, model)["param_encodings"].size(), 1U);

  model.layers[1].weight.scales[0] *= 2;
  const Json json = to_aimet_encodings(twins, model);
  EXPECT_EQ(json["param_encodings"].size(), 2U);
  EXPECT_EQ(
      model_from_encodings(to_rounded_graph(twins, model), json, "")
          .layers[1]
          .weight.scales,
      model.layers[1].weight.scales);
}

TEST(RoundedGraph, KeepsTheNamesOfValues) {
  const Graph graph = to_rounded_graph(every_layer(), quantized_every_layer());
  const Graph original = every_layer();
  for (const Value& value : original.values()) {
    if (!value.constant.has_value()) {
      EXPECT_TRUE(graph.find_value(value.name).has_value()) << value.name;
    }
  }
  EXPECT_EQ(graph.nodes().size(), original.nodes().size() + 1);
}

TEST(Encodings, GiveTheSameIntegersBack) {
  for (const int bits : {2, 5, 8, 16}) {
    const QuantizedModel model =
        quantized_every_layer({.weights = {.bits = bits}, .group_size = 1});
    const QuantizedModel read = model_from_encodings(
        to_rounded_graph(every_layer(), model), encodings_of(model), "file");
    ASSERT_EQ(read.layers.size(), model.layers.size());
    for (std::size_t i = 0; i < read.layers.size(); ++i) {
      EXPECT_EQ(read.layers[i].name, model.layers[i].name);
      EXPECT_EQ(read.layers[i].weight.codes, model.layers[i].weight.codes);
      EXPECT_EQ(read.layers[i].weight.scales, model.layers[i].weight.scales);
      EXPECT_EQ(
          read.layers[i].weight.zero_points,
          model.layers[i].weight.zero_points);
    }
    ASSERT_EQ(read.activations.size(), model.activations.size());
    for (std::size_t i = 0; i < read.activations.size(); ++i) {
      EXPECT_EQ(read.activations[i].value, model.activations[i].value);
      EXPECT_EQ(read.activations[i].grid, model.activations[i].grid);
      EXPECT_EQ(
          read.activations[i].parameters, model.activations[i].parameters);
    }
  }
}

TEST(Encodings, ComputeWhatTheQdqGraphComputes) {
  for (const int bits : {2, 4, 8, 16}) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      const QuantizedModel model = quantized_every_layer(
          {.weights = grid,
           .group_size = 2,
           .activations = grid,
           .activation_scale = 3.0F / static_cast<float>(grid.steps()),
           .activation_zero_point = grid.lowest() + grid.steps() / 3});
      QuantizedModel whole_blocks = model;
      whole_blocks.layers[3] =
          quantized_every_layer({.weights = grid}).layers[3];
      expect_same_outputs(
          apply_encodings(
              to_rounded_graph(every_layer(), whole_blocks),
              encodings_of(whole_blocks),
              "file"),
          to_qdq_graph(every_layer(), whole_blocks));
    }
  }
}

TEST(Encodings, RefuseWhatTheyCannotHold) {
  expect_error(ErrorCode::Unsupported, "layer 'first' has 1 bit", [] {
    static_cast<void>(encodings_of(quantized_every_layer({.weights = {1}})));
  });
  expect_error(ErrorCode::Unsupported, "value 'image' has 1 bit", [] {
    static_cast<void>(encodings_of(quantized_every_layer(
        {.activations = {1}, .activation_zero_point = 0})));
  });
  expect_error(ErrorCode::Unsupported, "'product'", [] {
    static_cast<void>(encodings_of(quantized_every_layer({.group_size = 2})));
  });
  QuantizedModel model = quantized_every_layer();
  model.activations[0].value = "nowhere";
  expect_error(ErrorCode::InvalidArgument, "'nowhere'", [&] {
    static_cast<void>(encodings_of(model));
  });
}

TEST(Encodings, LeaveFloatEntriesAsTheyAre) {
  const QuantizedModel model = quantized_every_layer();
  Json json = encodings_of(model);
  json["activation_encodings"][0] = {
      {"name", "image"},
      {"enc_type", "PER_TENSOR"},
      {"dtype", "FLOAT"},
      {"bw", 16}};
  json["param_encodings"].push_back(
      {{"name", "grouped_bias"},
       {"enc_type", "PER_TENSOR"},
       {"dtype", "INT"},
       {"bw", 32},
       {"is_sym", true},
       {"scale", {0.1}},
       {"offset", {-2147483648.0}}});
  const QuantizedModel read = model_from_encodings(
      to_rounded_graph(every_layer(), model), json, "file");
  EXPECT_EQ(read.activations.size(), model.activations.size() - 1);
  EXPECT_EQ(read.layers.size(), model.layers.size());
}

void names(
    const std::string& field,
    const std::function<void(Json&)>& change,
    ErrorCode code = ErrorCode::InvalidFile) {
  const QuantizedModel model = quantized_every_layer();
  Json json = encodings_of(model);
  change(json);
  expect_error(code, "net.encodings: " + field, [&] {
    static_cast<void>(apply_encodings(
        to_rounded_graph(every_layer(), model), json, "net.encodings"));
  });
}

TEST(Encodings, NameTheEntryAndFieldThatIsWrong) {
  const auto parameter = [](const std::string& key, const Json& content) {
    return [=](Json& json) { json["param_encodings"][1][key] = content; };
  };
  const auto activation = [](const std::string& key, const Json& content) {
    return [=](Json& json) { json["activation_encodings"][2][key] = content; };
  };
  const std::string second = "param_encodings[1].";
  const std::string third = "activation_encodings[2].";
  names(second + "name", parameter("name", "nowhere"));
  names(second + "name", parameter("name", "w1_rounded"));
  names(second + "bw: expected an integer from 2 to 32", parameter("bw", 1));
  names(second + "dtype", parameter("dtype", "int"));
  names(second + "enc_type: expected one of", parameter("enc_type", "ROW"));
  names(second + "enc_type: LPBQ", parameter("enc_type", "LPBQ"));
  names(second + "scale[0]", parameter("scale", {0, 1, 1, 1}));
  names(second + "scale: expected 4", parameter("scale", {1, 1}));
  names(second + "offset: expected 4", parameter("offset", Json{-1}));
  names(second + "offset[0]", parameter("offset", {1, 0, 0, 0}));
  names(second + "offset[0]", parameter("offset", {-16, 0, 0, 0}));
  names(second + "more", parameter("more", 1));
  names(third + "name", activation("name", "w5_rounded"));
  names(third + "name", activation("name", "image"));
  names(third + "bw: activations of 24", activation("bw", 24));
  names(third + "enc_type", activation("enc_type", "PER_CHANNEL"));
  names("version", [](Json& json) { json.erase("version"); });
  names("param_encodings", [](Json& json) { json["param_encodings"] = 3; });
  names(
      "version: encodings of version 2.0.0",
      [](Json& json) { json["version"] = "2.0.0"; },
      ErrorCode::Unsupported);
}

TEST(LoadExported, PutsTheQuantizersBesideTheModelIntoIt) {
  const TempDir folder;
  const auto path = folder.path() / "net.onnx";
  const QuantizedModel model = quantized_every_layer({.activations = {5}});
  GraphBuilder builder(to_rounded_graph(every_layer(), model));
  builder.set_metadata("ompq.profile", "encodings");
  write_onnx(std::move(builder).build(), path);
  expect_error(ErrorCode::NotFound, "net.encodings", [&] {
    static_cast<void>(load_exported(path));
  });

  write_json(folder.path() / "net.encodings", encodings_of(model));
  expect_same_outputs(
      load_exported(path).graph,
      written_and_read(to_qdq_graph(every_layer(), model)));

  write_json(folder.path() / "net.encodings", Json{{"version", 3}});
  expect_error(ErrorCode::InvalidFile, "net.encodings: version", [&] {
    static_cast<void>(load_exported(path));
  });
}

}  // namespace
}  // namespace ompq
