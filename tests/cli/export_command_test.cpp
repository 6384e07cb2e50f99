// SPDX-License-Identifier: MIT
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/graph/prepared_model.h"

#include "tests/cli/quantize_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

constexpr int kUsage = 2;
constexpr int kInput = 3;
constexpr int kInfeasible = 4;

class ExportCommand : public QuantizeFixture {
 protected:
  void SetUp() override {
    const ProgramResult result = quantize({"--bits", "3", "--act-bits", "8"});
    ASSERT_EQ(result.status, 0) << result.error;
  }

  ProgramResult export_to(const std::string& name, const std::string& profile) {
    return ompq(
        {"export", out(), "--profile", profile, "-o", file(name), "--json"});
  }

  /// What `ompq eval` prints, without the time.
  std::string evaluation(const std::string& path) {
    const ProgramResult result = ompq(
        {"eval", path, "--data", images(), "--labels", labels(), "--json"});
    EXPECT_EQ(result.status, 0) << result.error;
    Json json = Json::parse(result.output);
    json.erase("seconds");
    return json.dump();
  }
};

TEST_F(ExportCommand, WritesEveryProfileSoThatItReadsAndMeansTheSame) {
  const std::string expected = evaluation(out());
  for (const char* profile :
       {"packed", "compact", "fast", "qonnx", "encodings"}) {
    const std::string name = std::string(profile) + ".onnx";
    const ProgramResult result = export_to(name, profile);
    ASSERT_EQ(result.status, 0) << profile << ": " << result.error;
    const Json report = Json::parse(result.output);
    EXPECT_EQ(report["profile"], profile);
    EXPECT_EQ(report["quantized_layers"], 4);
    EXPECT_EQ(report["float_layers"], 0);
    EXPECT_EQ(report["file_bytes"], std::filesystem::file_size(file(name)));
    EXPECT_GE(report["values_compared"].get<int>(), 5) << profile;
    EXPECT_EQ(exists("encodings.encodings"), name == "encodings.onnx");
    EXPECT_EQ(evaluation(file(name)), expected) << profile;
    const ProgramResult inspection = ompq({"inspect", file(name)});
    EXPECT_EQ(inspection.status, 0) << profile << ": " << inspection.error;
  }
}

TEST_F(ExportCommand, MeasuresTheAccuracyOfEncodingsWithTheirGrids) {
  // Plain colours, which the network tells apart in float but not with
  // activations of 2 bits.
  std::vector<std::uint8_t> pixels;
  for (int image = 0; image < 40; ++image) {
    for (int pixel = 0; pixel < 8 * 8; ++pixel) {
      pixels.push_back(static_cast<std::uint8_t>(image * 6));
      pixels.push_back(static_cast<std::uint8_t>(255 - image * 6));
      pixels.push_back(static_cast<std::uint8_t>(image * 97));
    }
  }
  const std::vector<std::int64_t> shape{40, 8, 8, 3};
  write_npy(file("colours.npy"), shape, std::span<const std::uint8_t>(pixels));
  const auto top1 = [&](const std::string& key, const std::string& profile) {
    const ProgramResult result = quantize(
        {"--bits",
         "8",
         "--act-bits",
         "2",
         "--method",
         "nearest",
         "--eval",
         file("colours.npy"),
         "--eval-labels",
         labels(),
         "--profile",
         profile,
         "--force",
         "--restart"});
    EXPECT_EQ(result.status, 0) << result.error;
    return record()[key]["top1"].get<double>();
  };
  const double in_float = top1("float", "packed");

  const double with_encodings = top1("quantized", "encodings");
  EXPECT_TRUE(exists("out/model.encodings"));
  const double packed = top1("quantized", "packed");

  ASSERT_NE(in_float, packed);
  EXPECT_EQ(with_encodings, packed);
  // An older one does not stay.
  EXPECT_FALSE(exists("out/model.encodings"));
}

TEST_F(ExportCommand, GoesFromEveryProfileToPackedWithTheSameSize) {
  ASSERT_EQ(export_to("first.onnx", "packed").status, 0);
  const auto size = std::filesystem::file_size(file("first.onnx"));
  for (const char* profile :
       {"packed", "compact", "fast", "qonnx", "encodings"}) {
    ASSERT_EQ(export_to("way.onnx", profile).status, 0);

    const ProgramResult back =
        ompq({"export", file("way.onnx"), "-o", file("back.onnx")});

    ASSERT_EQ(back.status, 0) << profile << ": " << back.error;
    // Names differ, and weights of fast files come with other zero points: one
    // for each channel where there was one for all, or the other way round.
    const auto bytes = std::filesystem::file_size(file("back.onnx"));
    EXPECT_NEAR(static_cast<double>(bytes), static_cast<double>(size), 250)
        << profile;
  }
}

TEST_F(ExportCommand, WritesTheSameBytesTwiceAndSaysWhatTheyAre) {
  ASSERT_EQ(export_to("one.onnx", "packed").status, 0);
  ASSERT_EQ(export_to("two.onnx", "packed").status, 0);

  EXPECT_EQ(read_text(file("one.onnx")), read_text(file("two.onnx")));
  const Graph graph = load_model(file("one.onnx")).graph;
  EXPECT_EQ(graph.metadata().at("ompq.profile"), "packed");
  EXPECT_EQ(graph.metadata().at("ompq.weight_bits"), "8,3,3,8");
  EXPECT_EQ(graph.metadata().at("ompq.seed"), "0");
  EXPECT_EQ(
      graph.metadata().at("ompq.model_hash"),
      record()["model"]["hash"].get<std::string>());
}

TEST_F(ExportCommand, SaysWhichNodesRunOnIntegers) {
  const ProgramResult json = export_to("fast.onnx", "fast");
  const ProgramResult text =
      ompq({"export", out(), "--profile", "fast", "-o", file("fast.onnx")});

  EXPECT_FALSE(Json::parse(json.output)["nodes"].empty());
  EXPECT_THAT(text.output, HasSubstr("nodes run on integers"));
}

TEST_F(ExportCommand, RefusesWhatCannotBe) {
  struct Case {
    std::vector<std::string> words;
    int status;
    std::string message;
  };
  const std::vector<Case> cases{
      {{"export", out(), "--profile", "zip", "-o", file("a.onnx")},
       kUsage,
       "expected one of packed, compact, fast, qonnx, encodings; got 'zip'"},
      {{"export", out(), "-o", file("no/a.onnx")}, kInput, "does not exist"},
      {{"export", out(), "-o", file("out/model.onnx")},
       kUsage,
       "this is the model itself"},
      {{"export", model(), "-o", file("a.onnx")},
       kUsage,
       "none of its 4 layers has integer weights"},
      {{"export", out(), "--profile", "encodings", "-o", file("a.encodings")},
       kUsage,
       "this is where the encodings go"},
      {{"export", file("none"), "-o", file("a.onnx")}, kInput, "no such file"}};
  for (const Case& one : cases) {
    const ProgramResult result = ompq(one.words);
    EXPECT_EQ(result.status, one.status) << result.error;
    EXPECT_THAT(result.error, HasSubstr(one.message));
    EXPECT_FALSE(exists("a.onnx"));
    EXPECT_FALSE(exists("a.encodings"));
  }
}

TEST_F(ExportCommand, SaysWhatIsMissingBesideANetwork) {
  ASSERT_EQ(export_to("net.onnx", "encodings").status, 0);
  std::filesystem::remove(file("net.encodings"));

  const ProgramResult result =
      ompq({"export", file("net.onnx"), "-o", file("a.onnx")});

  EXPECT_EQ(result.status, kInput);
  EXPECT_THAT(result.error, HasSubstr("put it beside the model"));
  EXPECT_FALSE(exists("a.onnx"));
}

TEST_F(ExportCommand, RefusesADamagedFile) {
  std::string bytes = read_text(file("out/model.onnx"));
  // The first plane of a weight, cut: its length no longer fits its shape.
  const std::size_t at = bytes.find("w1p0", bytes.find("w1p0") + 1);
  ASSERT_NE(at, std::string::npos);
  for (std::size_t cut = 1; cut < 40; cut += 3) {
    std::string damaged = bytes;
    damaged.erase(at - 10, cut);
    std::ofstream(file("damaged.onnx"), std::ios::binary) << damaged;

    const ProgramResult result =
        ompq({"export", file("damaged.onnx"), "-o", file("a.onnx")});

    EXPECT_EQ(result.status, kInput) << cut << ": " << result.error;
    EXPECT_FALSE(exists("a.onnx"));
  }
}

TEST_F(ExportCommand, KeepsTheBudgetToTheByte) {
  const ProgramResult range =
      ompq({"search", model(), "--dry-run", "--bits", "2-8", "--json"});
  ASSERT_EQ(range.status, 0) << range.error;
  const Json json = Json::parse(range.output);
  const auto smallest = json["smallest"]["file_bytes"].get<std::int64_t>();
  const auto largest = json["largest"]["file_bytes"].get<std::int64_t>();
  for (const std::int64_t size :
       {smallest, (smallest + largest) / 2, largest}) {
    const ProgramResult result = quantize(
        {"--size",
         std::to_string(size) + "B",
         "--bits",
         "2-8",
         "--force",
         "--restart"});
    ASSERT_EQ(result.status, 0) << result.error;
    const auto bytes = static_cast<std::int64_t>(
        std::filesystem::file_size(file("out/model.onnx")));
    EXPECT_LE(bytes, size);
    // The bound is near: functions of other widths and a few bytes a layer.
    EXPECT_GE(bytes, size - 6000);
  }
  const ProgramResult too_small = quantize(
      {"--size",
       std::to_string(smallest - 1) + "B",
       "--bits",
       "2-8",
       "--force",
       "--restart"});
  EXPECT_EQ(too_small.status, kInfeasible) << too_small.error;
}

}  // namespace
}  // namespace ompq
