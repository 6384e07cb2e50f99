// SPDX-License-Identifier: MIT
// `ompq quantize` with input that it must refuse, or take in spite of looks.
#include <algorithm>

#include <gmock/gmock.h>

#include "tests/cli/quantize_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

class QuantizeErrors : public QuantizeFixture {
 protected:
  void expect_refused(
      int status,
      const std::string& part,
      const std::vector<std::string>& flags) {
    const ProgramResult result = quantize(flags);
    EXPECT_EQ(result.status, status) << result.error;
    EXPECT_THAT(result.error, HasSubstr(part));
    EXPECT_EQ(result.output, "");
    EXPECT_FALSE(exists("out/model.onnx"));
    EXPECT_FALSE(exists("out/record.json"));
  }

  /// The plan of a search, with one change.
  template <typename Change>
  std::string changed_plan(Change change) {
    const ProgramResult found = ompq(
        {"search",
         model(),
         "--calib",
         images(),
         "--avg-bits",
         "5",
         "-o",
         file("p.json")});
    EXPECT_EQ(found.status, 0) << found.error;
    Json plan = Json::parse(read_text(file("p.json")));
    change(plan);
    folder_.write("p.json", plan.dump());
    return file("p.json");
  }

  /// A network whose `value` goes through `op_type` first.
  void write_model_with(const std::string& value, const std::string& op_type) {
    GraphBuilder builder(small_network());
    builder.replace_uses(value, "changed");
    builder.add_node(
        {.name = "odd_node",
         .op_type = op_type,
         .inputs = {value},
         .outputs = {"changed"}});
    write_onnx(std::move(builder).build(), model());
  }
};

TEST_F(QuantizeErrors, NeedsWidths) {
  expect_refused(2, "the widths are missing", {});
  expect_refused(2, "the widths are missing", {"--bits", "2-4"});
  expect_refused(
      2, "several widths need a budget", {"--bits", "4", "--act-bits", "4,8"});
  expect_refused(2, "--bits", {"--bits", "17"});
  EXPECT_FALSE(exists("out"));
}

TEST_F(QuantizeErrors, RefusesFlagsThatContradictEachOther) {
  const std::string plan = changed_plan([](Json&) {});
  expect_refused(2, "--plan has the widths", {"--plan", plan, "--bits", "4"});
  expect_refused(
      2, "--plan has the widths", {"--plan", plan, "--size", "1MiB"});
  expect_refused(
      2, "--eval is missing", {"--bits", "4", "--eval-labels", labels()});
  expect_refused(2, "unknown flag '--iteration'", {"--iteration", "4"});
  expect_refused(2, "--drop", {"--bits", "4", "--drop", "1.5"});
  expect_refused(2, "--method", {"--bits", "4", "--method", "magic"});
}

TEST_F(QuantizeErrors, NamesTheSmallestBudgetThatCanBeKept) {
  expect_refused(4, "smallest feasible", {"--payload", "10B"});
  EXPECT_FALSE(exists("out"));
}

TEST_F(QuantizeErrors, RefusesPlansThatDoNotFit) {
  expect_refused(
      3, "layers[2].weight_bits", {"--plan", changed_plan([](Json& plan) {
                                     plan["layers"][2]["weight_bits"] = 12;
                                   })});
  expect_refused(
      3, "search again for this model", {"--plan", changed_plan([](Json& plan) {
                                           plan["model"]["hash"] = "x";
                                         })});
  expect_refused(3, "missing.json", {"--plan", file("missing.json")});
}

TEST_F(QuantizeErrors, RefusesEvaluationDataWithoutLabels) {
  expect_refused(3, "have no labels", {"--bits", "4", "--eval", images()});
}

TEST_F(QuantizeErrors, NamesAnActivationThatIsNotANumber) {
  // Half of the values before it are negative.
  write_model_with("conv1.output.relu", "Neg");
  GraphBuilder builder(read_onnx(model()));
  builder.replace_uses("changed", "logarithm");
  builder.add_node(
      {.name = "log_node",
       .op_type = "Log",
       .inputs = {"changed"},
       .outputs = {"logarithm"}});
  write_onnx(std::move(builder).build(), model());
  expect_refused(3, "logarithm", {"--bits", "4"});
}

TEST_F(QuantizeErrors, NamesAnInfiniteActivation) {
  // Log of the zeros that Relu makes.
  write_model_with("conv1.output.relu", "Log");
  expect_refused(3, "changed", {"--bits", "4"});
}

TEST_F(QuantizeErrors, TakesConstantActivationsAndChannelsOfZeros) {
  GraphBuilder builder("zeros", 21);
  const Graph small = small_network();
  builder = GraphBuilder(small);
  const Node& conv1 = small.node(*small.find_node("conv1"));
  std::vector<float> zeros(8 * 3 * 3 * 3, 0.0F);
  // Two channels are left; the others, and all activations of theirs, are 0.
  std::fill_n(zeros.begin(), 2 * 27, 0.25F);
  builder.add_constant("zeros", Constant::from<float>(zeros, {8, 3, 3, 3}));
  builder.replace_node(
      "conv1",
      {{.name = "conv1",
        .op_type = "Conv",
        .inputs = {"image", "zeros"},
        .outputs = {"conv1.output"},
        .attributes = conv1.attributes}});
  write_onnx(std::move(builder).build(), model());
  const ProgramResult some = quantize({"--bits", "4"});
  EXPECT_EQ(some.status, 0) << some.error;

  GraphBuilder all(read_onnx(model()));
  all.add_constant(
      "all_zeros",
      Constant::from<float>(std::vector<float>(8 * 27, 0.0F), {8, 3, 3, 3}));
  all.replace_uses("zeros", "all_zeros");
  write_onnx(std::move(all).build(), model());
  const ProgramResult none = quantize({"--bits", "4", "--force"});
  EXPECT_EQ(none.status, 0) << none.error;
}

TEST_F(QuantizeErrors, FailsWhereTheFolderCannotBe) {
  folder_.write("a_file", "text");
  for (const std::string& path : {file("missing/out"), file("a_file")}) {
    const ProgramResult result = ompq(
        {"quantize", model(), "--calib", images(), "--bits", "4", "-o", path});
    EXPECT_EQ(result.status, 3) << path;
    EXPECT_THAT(result.error, HasSubstr(path));
  }
}

TEST_F(QuantizeErrors, KeepsTheResultsOfAnotherModel) {
  ASSERT_EQ(quantize({"--bits", "4"}).status, 0);
  const std::string before = read_text(file("out/model.onnx"));
  GraphBuilder builder(small_network());
  builder.set_metadata("changed", "yes");
  write_onnx(std::move(builder).build(), model());

  const ProgramResult refused = quantize({"--bits", "4"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.error, HasSubstr("--force"));
  EXPECT_EQ(read_text(file("out/model.onnx")), before);

  const ProgramResult forced = quantize({"--bits", "4", "--force"});
  EXPECT_EQ(forced.status, 0) << forced.error;
}

TEST_F(QuantizeErrors, NeverOverwritesTheModel) {
  std::filesystem::create_directory(out());
  std::filesystem::rename(model(), file("out/model.onnx"));
  const ProgramResult result = ompq(
      {"quantize",
       file("out/model.onnx"),
       "--calib",
       images(),
       "--bits",
       "4",
       "--force",
       "-o",
       out()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("the model itself"));
}

}  // namespace
}  // namespace ompq
