// SPDX-License-Identifier: MIT
#include "cli/config_file.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kCommands{"search", "eval"};

class ConfigFile : public ::testing::Test {
 protected:
  std::vector<ConfigEntry> read(
      const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(::testing::TempDir()) / name;
    std::ofstream(path, std::ios::binary) << text;
    return read_config(path, kCommands);
  }

  std::string message_of(const std::string& name, const std::string& text) {
    try {
      static_cast<void>(read(name, text));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidFile);
      return error.what();
    }
    return "no error";
  }
};

TEST_F(ConfigFile, ReadsJson) {
  const auto entries = read(
      "config_a.json",
      R"({"beta": 0.5, "json": true, "mean": [0.1, 2],
          "search": {"size": "1MiB", "pin": {"conv1": 8, "fc": 4}}})");

  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(entries[0].key, "beta");
  EXPECT_THAT(entries[0].texts, ElementsAre("0.5"));
  EXPECT_THAT(entries[1].texts, ElementsAre("true"));
  EXPECT_THAT(entries[2].texts, ElementsAre("0.1", "2"));
  EXPECT_EQ(entries[3].section, "search");
  EXPECT_THAT(entries[3].texts, ElementsAre("1MiB"));
  EXPECT_THAT(entries[4].texts, ElementsAre("conv1=8", "fc=4"));
}

TEST_F(ConfigFile, ReadsTomlAndIni) {
  for (const char* name : {"config_a.toml", "config_a.ini"}) {
    const auto entries = read(
        name,
        "beta = 0.5\n[search]\nsize = \"1MiB\"\npin = [\"a=8\",\"b=4\"]\n");

    ASSERT_EQ(entries.size(), 3U) << name;
    EXPECT_EQ(entries[0].section, "") << name;
    EXPECT_THAT(entries[0].texts, ElementsAre("0.5")) << name;
    EXPECT_EQ(entries[1].section, "search") << name;
    EXPECT_THAT(entries[1].texts, ElementsAre("1MiB")) << name;
    EXPECT_THAT(entries[2].texts, ElementsAre("a=8", "b=4")) << name;
  }
}

TEST_F(ConfigFile, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(
      message_of("config_b.json", R"({"search": {"size": null}})"),
      HasSubstr("search.size"));
  EXPECT_THAT(
      message_of("config_c.json", "[1]"), HasSubstr("expected an object"));
  EXPECT_THAT(
      message_of("config_d.json", "{\"a\": "), HasSubstr("config_d.json"));
}

TEST_F(ConfigFile, FailsWhereThereIsNone) {
  try {
    static_cast<void>(read_config("no-such-file.toml", kCommands));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
  }
}

}  // namespace
}  // namespace ompq
