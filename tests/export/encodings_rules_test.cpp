// SPDX-License-Identifier: MIT
// Encodings keep the rules of their readers, and the rules find encodings that
// do not.
#include "tests/export/encodings_rules.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/export/encodings.h"

#include "tests/export/small_networks.h"

namespace ompq {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> complaints(
    const Json& encodings, const QuantizedModel& model) {
  return EncodingsRules(encodings, to_rounded_graph(every_layer(), model))
      .complaints();
}

std::vector<std::string> complaints(const QuantizedModel& model) {
  return complaints(to_aimet_encodings(every_layer(), model), model);
}

TEST(EncodingsRules, HoldForEveryWidth) {
  for (const int bits : {2, 3, 4, 5, 6, 7, 8, 9, 12, 16}) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      EXPECT_THAT(
          complaints(quantized_every_layer(
              {.weights = grid,
               .activations = grid,
               .activation_zero_point = grid.lowest() + 1})),
          IsEmpty())
          << bits << is_signed;
    }
  }
}

TEST(EncodingsRules, HoldForSymmetricGrids) {
  QuantizedModel model =
      quantized_every_layer({.weights = {.bits = 4, .is_signed = true}});
  for (QuantizedLayer& layer : model.layers) {
    std::ranges::fill(layer.weight.zero_points, 0);
  }
  EXPECT_THAT(complaints(model), IsEmpty());
}

TEST(EncodingsRules, HoldForBlocksOneScaleAndFloatLayers) {
  QuantizedModel model = quantized_every_layer({.group_size = 1});
  EXPECT_THAT(complaints(model), IsEmpty());
  std::ranges::fill(model.layers[0].weight.scales, 0.05F);
  std::ranges::fill(model.layers[0].weight.zero_points, 7);
  model.layers.erase(model.layers.begin() + 1);
  EXPECT_THAT(complaints(model), IsEmpty());
}

using Change = std::function<void(Json&)>;

void breaks(const std::string& rule, const Change& change) {
  const QuantizedModel model = quantized_every_layer({.group_size = 1});
  Json encodings = to_aimet_encodings(every_layer(), model);
  ASSERT_THAT(complaints(encodings, model), IsEmpty());
  change(encodings);
  EXPECT_THAT(complaints(encodings, model), Contains(HasSubstr(rule)));
}

/// Changes one entry for each of both sections.
void breaks_entries(const std::string& rule, const Change& change) {
  for (const char* section : {"activation_encodings", "param_encodings"}) {
    breaks(rule, [&](Json& json) { change(json[section][0]); });
  }
}

TEST(EncodingsRules, FindWrongDocuments) {
  breaks("1.0.0", [](Json& json) { json["version"] = "0.6.1"; });
  breaks("five members", [](Json& json) { json["more"] = 1; });
  breaks("five members", [](Json& json) { json.erase("excluded_layers"); });
  breaks("are lists", [](Json& json) { json["param_encodings"] = Json(); });
  breaks("six members", [](Json& json) {
    json["quantizer_args"]["quant_scheme"] = "best";
  });
  breaks("six members", [](Json& json) {
    json["quantizer_args"].erase("is_symmetric");
  });
  breaks("are nodes", [](Json& json) {
    json["excluded_layers"].push_back("nowhere");
  });
}

TEST(EncodingsRules, FindWrongNames) {
  breaks_entries("has a name", [](Json& entry) { entry.erase("name"); });
  breaks_entries("stands in", [](Json& entry) { entry["name"] = "nowhere"; });
  breaks("one entry", [](Json& json) {
    json["param_encodings"][1]["name"] = json["param_encodings"][0]["name"];
  });
  breaks("are initializers", [](Json& json) {
    json["param_encodings"][0]["name"] = "image";
  });
}

TEST(EncodingsRules, FindWrongFields) {
  breaks_entries(
      "enc_type is", [](Json& entry) { entry["enc_type"] = "per_tensor"; });
  breaks_entries("dtype", [](Json& entry) { entry["dtype"] = "int"; });
  breaks_entries("bw is", [](Json& entry) { entry["bw"] = 1; });
  breaks_entries("bw is", [](Json& entry) { entry["bw"] = "8"; });
  breaks_entries("is_sym is", [](Json& entry) { entry["is_sym"] = "True"; });
  breaks_entries("is_sym means", [](Json& entry) {
    entry["is_sym"] = !entry["is_sym"].get<bool>();
  });
  breaks_entries("are lists", [](Json& entry) { entry["scale"] = 0.1; });
  breaks_entries("fields are", [](Json& entry) { entry["axis"] = 0; });
  breaks_entries("fields are", [](Json& entry) { entry["block_size"] = 1; });
  breaks("block_size is", [](Json& json) {
    json["param_encodings"].back()["block_size"] = 0;
  });
}

TEST(EncodingsRules, FindWrongNumbers) {
  breaks_entries("positive", [](Json& entry) { entry["scale"][0] = 0.0; });
  breaks_entries("integers", [](Json& entry) { entry["offset"][0] = 0.5; });
  breaks_entries("minus a code", [](Json& entry) { entry["offset"][0] = 1; });
  breaks_entries(
      "minus a code", [](Json& entry) { entry["offset"][0] = -256; });
  breaks_entries("as many", [](Json& entry) { entry["offset"].push_back(-1); });
  breaks("PER_TENSOR has", [](Json& json) {
    json["activation_encodings"][0]["scale"].push_back(1.0);
  });
  breaks("activations are", [](Json& json) {
    json["activation_encodings"][0]["enc_type"] = "PER_CHANNEL";
  });
  breaks("one scale for each", [](Json& json) {
    json["param_encodings"][0]["scale"].push_back(1.0);
  });
  breaks("divide", [](Json& json) {
    json["param_encodings"].back()["block_size"] = 3;
  });
  for (const std::size_t entry : {0U, 2U, 3U, 4U}) {
    breaks("on the grid", [&](Json& json) {
      json["param_encodings"][entry]["scale"][1] = 0.0123;
    });
  }
}

}  // namespace
}  // namespace ompq
