// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ompq {
namespace {

using ::testing::HasSubstr;

const std::vector<std::pair<ErrorCode, int>> kExitCodes{
    {ErrorCode::Internal, 1},
    {ErrorCode::InvalidArgument, 2},
    {ErrorCode::NotFound, 3},
    {ErrorCode::InvalidFile, 3},
    {ErrorCode::InvalidModel, 3},
    {ErrorCode::InvalidData, 3},
    {ErrorCode::InvalidPlan, 3},
    {ErrorCode::ShapeMismatch, 3},
    {ErrorCode::Degenerate, 3},
    {ErrorCode::OutputFailed, 3},
    {ErrorCode::Infeasible, 4},
    {ErrorCode::Unsupported, 5},
    {ErrorCode::Interrupted, 130},
};

TEST(ExitCode, TellsUsageInputInfeasibleAndUnsupportedApart) {
  for (const auto& [code, status] : kExitCodes) {
    EXPECT_EQ(exit_code(code), status) << to_string(code);
  }
}

TEST(ErrorCode, HasAName) {
  EXPECT_EQ(to_string(ErrorCode::InvalidModel), "InvalidModel");
  EXPECT_EQ(to_string(ErrorCode::Infeasible), "Infeasible");
}

TEST(Error, CarriesItsCodeAndMessage) {
  try {
    OMPQ_CHECK(1 > 2, ErrorCode::InvalidFile, "{}: line {}", "a.onnx", 7);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidFile);
    EXPECT_STREQ(error.what(), "a.onnx: line 7");
  }
}

TEST(Error, IsNotThrownWhenTheConditionHolds) {
  EXPECT_NO_THROW(OMPQ_CHECK(2 > 1, ErrorCode::InvalidFile, "never"));
}

TEST(Assert, SaysWhereAndWhy) {
  try {
    OMPQ_ASSERT(1 > 2, "numbers have an order");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Internal);
    EXPECT_THAT(error.what(), HasSubstr("error_test.cpp"));
    EXPECT_THAT(error.what(), HasSubstr("1 > 2"));
    EXPECT_THAT(error.what(), HasSubstr("numbers have an order"));
  }
}

}  // namespace
}  // namespace ompq
