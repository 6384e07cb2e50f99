// SPDX-License-Identifier: MIT
#include "ompq/core/json_file.h"

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::Internal, "no error"};
}

TEST(JsonFile, ReadsBackWhatItWroteInTheSameOrder) {
  const TempDir folder;
  const Json json{{"zebra", 1}, {"ape", {1.5, "x", nullptr}}};
  write_json(folder.path() / "a.json", json);
  const Json read = read_json(folder.path() / "a.json");
  EXPECT_EQ(read, json);
  EXPECT_EQ(read.begin().key(), "zebra");
}

TEST(JsonFile, NamesLineAndColumnOfBrokenJson) {
  const TempDir folder;
  for (const char* text : {"{\n \"a\": }", "", "[1, 2", "{\"a\": 1} x"}) {
    const auto path = folder.write("broken.json", std::string_view(text));
    const Error error = error_of([&] { static_cast<void>(read_json(path)); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidFile) << text;
    EXPECT_THAT(
        error.what(),
        AllOf(HasSubstr("broken.json"), HasSubstr("line"), HasSubstr("column")))
        << text;
  }
}

TEST(JsonFile, SaysThatAFileIsNoText) {
  const TempDir folder;
  const auto path = folder.write("net.onnx", std::string_view("\x08\x0a{}"));

  const Error error = error_of([&] { static_cast<void>(read_json(path)); });

  EXPECT_EQ(error.code(), ErrorCode::InvalidFile);
  EXPECT_THAT(
      error.what(), HasSubstr("net.onnx: no JSON: it is not even text"));
}

TEST(JsonFile, SaysWhichFileIsMissing) {
  const TempDir folder;
  for (const auto& path : {folder.path() / "absent.json", folder.path()}) {
    const Error error = error_of([&] { static_cast<void>(read_json(path)); });
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
    EXPECT_THAT(error.what(), HasSubstr(path.string()));
  }
}

TEST(JsonFile, ReplacesBytesThatAreNoText) {
  const TempDir folder;
  write_json(folder.path() / "a.json", Json("\xff"));
  EXPECT_NO_THROW(static_cast<void>(read_json(folder.path() / "a.json")));
}

class JsonReaderOf : public ::testing::Test {
 protected:
  Json json_ = Json::parse(R"({
    "list": [1, {"x": 2.5}], "text": "hello", "yes": true, "none": null,
    "large": 18446744073709551615})");
  JsonReader reader_{json_, "a.json", ErrorCode::InvalidPlan};
};

TEST_F(JsonReaderOf, ReadsTypedFields) {
  EXPECT_EQ(reader_.at("list").size(), 2U);
  EXPECT_EQ(reader_.at("list").at(std::size_t{0}).as_integer(0, 5), 1);
  EXPECT_EQ(reader_.at("list").at(std::size_t{1}).at("x").as_number(), 2.5);
  EXPECT_EQ(reader_.at("text").as_string(), "hello");
  EXPECT_TRUE(reader_.at("yes").as_bool());
  EXPECT_TRUE(reader_.has("text"));
  EXPECT_FALSE(reader_.has("none"));
  EXPECT_FALSE(reader_.has("absent"));
  EXPECT_FALSE(reader_.at("text").has("x"));
}

TEST_F(JsonReaderOf, NamesThePathOfTheFieldAndWhatItFound) {
  const auto list = [this](std::size_t i) { return reader_.at("list").at(i); };
  const std::vector<std::pair<std::function<void()>, std::string>> cases{
      {[&] { static_cast<void>(list(1).at("x").as_integer(0, 9)); },
       "a.json: list[1].x: expected an integer from 0 to 9, got 2.5"},
      {[&] { static_cast<void>(list(0).as_integer(2, 9)); },
       "a.json: list[0]: expected an integer from 2 to 9, got 1"},
      {[&] { static_cast<void>(reader_.at("large").as_integer(0, 9)); },
       "a.json: large: expected an integer from 0 to 9, got "
       "18446744073709551615"},
      {[&] { static_cast<void>(list(1).at("y")); },
       "a.json: list[1].y: the field is missing"},
      {[&] { static_cast<void>(list(2)); },
       "a.json: list: expected more than 2 elements"},
      {[&] { static_cast<void>(reader_.at("text").at("x")); },
       "a.json: text: expected an object, got \"hello\""},
      {[&] { static_cast<void>(reader_.at("text").size()); },
       "a.json: text: expected an array, got \"hello\""},
      {[&] { static_cast<void>(reader_.at("yes").as_string()); },
       "a.json: yes: expected a string, got true"},
      {[&] { static_cast<void>(reader_.at("text").as_bool()); },
       "a.json: text: expected true or false, got \"hello\""},
      {[&] { static_cast<void>(reader_.at("none").as_number()); },
       "a.json: none: expected a finite number, got null"},
      {[&] {
         list(1).check_fields({"size", "y"});
       },
       "a.json: list[1].x: unknown field"},
      {[&] { reader_.at("text").check_fields({}); },
       "a.json: text: expected an object, got \"hello\""},
      {[&] { reader_.fail_field("no good"); }, "a.json: document: no good"},
  };
  for (const auto& [action, expected] : cases) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), ErrorCode::InvalidPlan);
    EXPECT_THAT(error.what(), HasSubstr(expected));
  }
}

TEST_F(JsonReaderOf, ShortensLongValues) {
  json_["text"] = std::string(1000, 'x');
  const Error error =
      error_of([&] { static_cast<void>(reader_.at("text").as_bool()); });
  EXPECT_LT(std::string(error.what()).size(), 200U);
  EXPECT_THAT(error.what(), HasSubstr("..."));
}

TEST_F(JsonReaderOf, RejectsNumbersThatAreNotFinite) {
  json_["text"] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(static_cast<void>(reader_.at("text").as_number()), Error);
}

}  // namespace
}  // namespace ompq
