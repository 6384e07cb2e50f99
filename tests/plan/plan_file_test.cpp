// SPDX-License-Identifier: MIT
#include "ompq/plan/plan_file.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "ompq/core/error.h"
#include "ompq/plan/plan_json.h"

#include "tests/plan/tiny_plan.h"

namespace ompq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::tiny_layers;
using testing::tiny_plan;

class PlanFile : public ::testing::Test {
 protected:
  PlanFile()
      : folder_(
            std::filesystem::temp_directory_path() /
            fmt::format(
                "ompq_plan_file_{}_{}",
                ::getpid(),
                ::testing::UnitTest::GetInstance()
                    ->current_test_info()
                    ->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~PlanFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path path() const { return folder_ / "plan.json"; }

  std::string bytes() const {
    std::ifstream stream(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path folder_;
};

std::string message_of(const Json& json) {
  try {
    static_cast<void>(plan_from_json(json, "plan.json"));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidPlan);
    return error.what();
  }
  return "no error";
}

/// The message about a plan that `edit` has damaged.
std::string message_after(const std::function<void(Json&)>& edit) {
  Json json = plan_to_json(tiny_plan());
  edit(json);
  return message_of(json);
}

TEST_F(PlanFile, ReadsBackEverythingItWrote) {
  write_plan(path(), tiny_plan());
  EXPECT_EQ(read_plan(path()), tiny_plan());
}

TEST_F(PlanFile, ReadsBackAPlanWithoutOptionalFields) {
  Plan plan;
  plan.model_file = "m.onnx";
  plan.layers = plan_layers(tiny_layers(), uniform_plan(3, 4));
  write_plan(path(), plan);
  EXPECT_EQ(read_plan(path()), plan);
}

TEST_F(PlanFile, GivesTheSameBytesForTheSamePlan) {
  write_plan(path(), tiny_plan());
  const std::string first = bytes();
  write_plan(path(), read_plan(path()));
  EXPECT_EQ(bytes(), first);
}

TEST_F(PlanFile, KeepsEachLayerOnOneLine) {
  EXPECT_THAT(
      plan_to_text(tiny_plan()),
      HasSubstr("\n    {\"name\": \"fc\", \"kind\": \"Gemm\", \"weights\": 40, "
                "\"output_channels\": 4, \"macs\": 40, \"weight_bits\": 8, "
                "\"activation_bits\": 8}\n"));
}

TEST_F(PlanFile, RecomputesTotalsOfAPlanEditedByHand) {
  Json json = plan_to_json(tiny_plan());
  json["layers"][1]["weight_bits"] = 2;
  json["totals"]["payload_bits"] = 1;

  const Plan plan = plan_from_json(json, "plan.json");

  EXPECT_EQ(plan_totals(plan).payload_bits, 90 * 8 + 1001 * 2 + 40 * 8);
  EXPECT_DOUBLE_EQ(plan.budgets[1].used, plan_totals(plan).average_bits);
}

TEST_F(PlanFile, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(
      message_after([](Json& j) { j["layers"][2]["weight_bits"] = "four"; }),
      "plan.json: layers[2].weight_bits: expected an integer from 1 to 16, got "
      "\"four\"");
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> cases{
      {[](Json& j) { j["layers"][0]["weight_bits"] = 0; },
       "layers[0].weight_bits: expected an integer from 1 to 16, got 0"},
      {[](Json& j) { j["layers"][0]["weight_bits"] = 4.5; },
       "layers[0].weight_bits: expected an integer"},
      {[](Json& j) { j["layers"][0]["activation_bits"] = "flaot"; },
       "layers[0].activation_bits: expected \"float\""},
      {[](Json& j) { j["layers"][0]["activation_bits"] = 99; },
       "layers[0].activation_bits: expected an integer from 1 to 16"},
      {[](Json& j) { j["layers"][0]["kind"] = "Convolution"; },
       "layers[0].kind: expected Conv, ConvTranspose, Gemm or MatMul"},
      {[](Json& j) { j["layers"][0]["weights"] = -1; },
       "layers[0].weights: expected an integer from 0"},
      {[](Json& j) { j["layers"][0]["name"] = 7; },
       "layers[0].name: expected a string, got 7"},
      {[](Json& j) { j["layers"][0]["gamma"] = "big"; },
       "layers[0].gamma: expected a finite number"},
      {[](Json& j) {
         j["layers"][0]["gamma_interval"] = {1, 2, 3};
       },
       "layers[0].gamma_interval: expected [low, high]"},
      {[](Json& j) { j["layers"][1]["error_per_width"]["two"] = 1.0; },
       "layers[1].error_per_width.two: expected a width"},
      {[](Json& j) { j["layers"][1]["error_per_width"] = 3; },
       "layers[1].error_per_width: expected an object"},
      {[](Json& j) { j["layers"] = 3; }, "layers: expected an array, got 3"},
      {[](Json& j) { j["layers"][1] = 3; },
       "layers[1]: expected an object, got 3"},
      {[](Json& j) { j["model"]["hash"] = nullptr; },
       "model.hash: expected a string, got null"},
      {[](Json& j) { j["seed"] = -1; }, "seed: expected an integer"},
      {[](Json& j) { j["settings"] = "x"; }, "settings: expected an object"},
      {[](Json& j) { j["size_model"]["fixed_bytes"] = "x"; },
       "size_model.fixed_bytes: expected an integer"},
      {[](Json& j) { j["budgets"][0]["limit"] = 0; },
       "budgets[0].limit: expected a positive number"},
      {[](Json& j) { j["solver"]["gap"] = "none"; },
       "solver.gap: expected a finite number"},
      {[](Json& j) { j["orm"].erase(2); }, "orm: expected 3 rows"},
      {[](Json& j) { j["orm"][1].erase(2); }, "orm[1]: expected 3 numbers"},
      {[](Json& j) { j["orm"][1][1] = "x"; }, "orm[1][1]: expected a finite"},
  };
  for (const auto& [edit, expected] : cases) {
    EXPECT_THAT(message_after(edit), HasSubstr("plan.json: " + expected));
  }
}

TEST_F(PlanFile, NamesAFieldThatIsMissing) {
  for (const char* key : {"version", "model", "layers", "seed"}) {
    EXPECT_THAT(
        message_after([&](Json& j) { j.erase(key); }),
        HasSubstr(std::string(key) + ": the field is missing"));
  }
  EXPECT_THAT(
      message_after([](Json& j) { j["layers"][1].erase("weight_bits"); }),
      HasSubstr("layers[1].weight_bits: the field is missing"));
}

TEST_F(PlanFile, NamesTheNearestKnownField) {
  EXPECT_THAT(
      message_after([](Json& j) { j["layers"][1]["weightbits"] = 4; }),
      HasSubstr("layers[1].weightbits: unknown field; did you mean "
                "'weight_bits'"));
  EXPECT_THAT(
      message_after([](Json& j) { j["budget"] = 4; }),
      HasSubstr("budget: unknown field; did you mean 'budgets'?"));
  EXPECT_THAT(
      message_after([](Json& j) { j["budgets"][0]["kind"] = "file"; }),
      HasSubstr("unknown kind of budget 'file'; did you mean 'file_size'"));
}

TEST_F(PlanFile, RejectsALayerThatStandsTwice) {
  EXPECT_THAT(
      message_after([](Json& j) { j["layers"][2]["name"] = "conv1"; }),
      HasSubstr("layers[2].name: the layer 'conv1' stands in the plan twice"));
}

TEST_F(PlanFile, RejectsOtherVersionsWithARemedy) {
  EXPECT_THAT(
      message_after([](Json& j) { j["version"] = 99; }),
      AllOf(HasSubstr("version 99"), HasSubstr("update ompq")));
  EXPECT_THAT(
      message_after([](Json& j) { j["version"] = 0; }),
      AllOf(HasSubstr("old version 0"), HasSubstr("search again")));
  EXPECT_THAT(message_of(Json::array()), HasSubstr("this is no plan of ompq"));
  EXPECT_THAT(
      message_of(Json{{"layers", 3}}), HasSubstr("this is no plan of ompq"));
}

TEST_F(PlanFile, NamesTheLineOfBrokenJson) {
  std::ofstream(path()) << "{\n  \"format\": \n}";
  try {
    static_cast<void>(read_plan(path()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidFile);
    EXPECT_THAT(
        error.what(), AllOf(HasSubstr("plan.json"), HasSubstr("line 3")));
  }
}

TEST_F(PlanFile, SaysThatAFileIsMissing) {
  try {
    static_cast<void>(read_plan(path() / "absent.json"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
  }
}

TEST_F(PlanFile, DoesNotWriteNumbersThatAreNotFinite) {
  Plan plan = tiny_plan();
  plan.layers[0].gamma = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(write_plan(path(), plan), Error);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

std::string misfit(const LayerTable& layers, const std::string& hash) {
  try {
    check_plan_fits(tiny_plan(), layers, hash);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidPlan);
    return error.what();
  }
  return "fits";
}

TEST(CheckPlanFits, AcceptsItsOwnModel) {
  EXPECT_EQ(misfit(tiny_layers(), "sha256:00ff"), "fits");
}

TEST(CheckPlanFits, NamesBothHashes) {
  EXPECT_THAT(
      misfit(tiny_layers(), "sha256:abcd"),
      AllOf(HasSubstr("sha256:00ff"), HasSubstr("sha256:abcd")));
}

TEST(CheckPlanFits, NamesLayersThatAreMissingOrUnknown) {
  LayerTable renamed = tiny_layers();
  renamed[1].name = "block.conv3";
  EXPECT_THAT(
      misfit(renamed, "sha256:00ff"),
      HasSubstr("no quantizable layer 'block.conv2'; did you mean "
                "'block.conv3'"));

  LayerTable longer = tiny_layers();
  longer.push_back(Layer{.name = "extra"});
  EXPECT_THAT(
      misfit(longer, "sha256:00ff"), HasSubstr("no widths for layer 'extra'"));
}

TEST(CheckPlanFits, NamesLayersOfAnotherOrderOrSize) {
  LayerTable swapped = tiny_layers();
  std::swap(swapped[0], swapped[1]);
  EXPECT_THAT(
      misfit(swapped, "sha256:00ff"),
      HasSubstr("layers[0]: expected layer 'block.conv2', got 'conv1'"));

  LayerTable larger = tiny_layers();
  larger[0].weights = 91;
  EXPECT_THAT(
      misfit(larger, "sha256:00ff"),
      HasSubstr("'conv1': the plan says 90 weights, the model has 91"));
}

}  // namespace
}  // namespace ompq
