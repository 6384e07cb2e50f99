// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/allocation/importance.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<double> kGamma{1.0, 3.0, 2.0};

TEST(Importance, IsTheExponentialOfGammaByDefault) {
  const Importance result = importance(kGamma, {.beta = 0.5});
  EXPECT_THAT(
      result.theta,
      ElementsAre(
          DoubleEq(std::exp(-0.5)),
          DoubleEq(std::exp(-1.5)),
          DoubleEq(std::exp(-1.0))));
  EXPECT_FALSE(result.underflow);
}

TEST(Importance, AveragesFromEachLayerToTheLast) {
  EXPECT_THAT(
      suffix_means(std::vector<double>{6.0, 1.0, 5.0}),
      ElementsAre(4.0, 3.0, 5.0));
  EXPECT_TRUE(suffix_means({}).empty());
}

TEST(Importance, DecreasesWithGammaUnderEveryFunction) {
  for (const DecreasingFunction function : kDecreasingFunctions) {
    const std::vector<double> theta =
        importance(kGamma, {.function = function}).theta;
    EXPECT_GT(theta[0], theta[2]) << to_string(function);
    EXPECT_GT(theta[2], theta[1]) << to_string(function);
  }
}

TEST(Importance, FollowsItsFormulas) {
  const auto second = [](DecreasingFunction function) {
    return importance(kGamma, {.function = function}).theta[1];
  };
  EXPECT_DOUBLE_EQ(second(DecreasingFunction::Logarithm), -std::log(3.0));
  EXPECT_DOUBLE_EQ(second(DecreasingFunction::Linear), -3.0);
  EXPECT_DOUBLE_EQ(second(DecreasingFunction::Cube), -27.0);
  EXPECT_DOUBLE_EQ(
      second(DecreasingFunction::NegativeExponential), -std::exp(3.0));
}

TEST(Importance, ShiftsNegativeThetaSoThatBitsAreWorthSomething) {
  // theta - min = 2, 0, 1
  EXPECT_THAT(
      importance(kGamma, {.function = DecreasingFunction::Linear}).coefficients,
      ElementsAre(1.0, 0.5, 1.0));
}

TEST(Importance, LeavesPositiveThetaAsItIs) {
  const std::vector<double> gamma{0.5, 0.1};
  EXPECT_THAT(
      importance(gamma, {.function = DecreasingFunction::Logarithm})
          .coefficients,
      ElementsAre(
          DoubleNear((-std::log(0.5) - std::log(0.1)) / 2.0, 1e-15),
          DoubleEq(-std::log(0.1))));
}

TEST(Importance, AveragesThetaWithinGroups) {
  const Importance result = importance(
      kGamma, {.function = DecreasingFunction::Linear, .groups = {0, 1, 0}});
  EXPECT_THAT(result.theta, ElementsAre(-1.5, -3.0, -1.5));
}

TEST(Importance, OfOneGroupIsTheSameForAllLayers) {
  const Importance result = importance(kGamma, {.groups = {4, 4, 4}});
  EXPECT_THAT(result.coefficients, Each(DoubleNear(result.theta[0], 1e-15)));
}

TEST(Importance, KeepsTheRankingWhenTheExponentialUnderflows) {
  const Importance result =
      importance(std::vector<double>{40.0, 41.0}, {.beta = 100.0});
  EXPECT_TRUE(result.underflow);
  EXPECT_DOUBLE_EQ(result.theta[0], 1.0);
  EXPECT_DOUBLE_EQ(result.theta[1], std::exp(-100.0));
}

TEST(Importance, DoesNotRescaleWhatADoubleCanHold) {
  const Importance result =
      importance(std::vector<double>{27.0, 41.0}, {.beta = 10.0});
  EXPECT_FALSE(result.underflow);
  EXPECT_DOUBLE_EQ(result.theta[0], std::exp(-270.0));
}

ErrorCode code_of(
    const std::vector<double>& gamma, const ImportanceOptions& options) {
  try {
    static_cast<void>(importance(gamma, options));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

TEST(Importance, RejectsOptionsOutOfRange) {
  EXPECT_EQ(code_of(kGamma, {.beta = 0.0}), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of(kGamma, {.beta = -1.0}), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of(kGamma, {.groups = {1}}), ErrorCode::InvalidArgument);
  EXPECT_EQ(
      code_of({1.0, std::numeric_limits<double>::quiet_NaN()}, {}),
      ErrorCode::InvalidArgument);
}

TEST(Importance, SaysWhenAFunctionIsUndefined) {
  EXPECT_EQ(
      code_of({1.0, 0.0}, {.function = DecreasingFunction::Logarithm}),
      ErrorCode::Degenerate);
  EXPECT_EQ(
      code_of(
          {1.0, 1000.0}, {.function = DecreasingFunction::NegativeExponential}),
      ErrorCode::Degenerate);
}

TEST(DecreasingFunction, ReadsWhatItNames) {
  for (const DecreasingFunction function : kDecreasingFunctions) {
    EXPECT_EQ(parse_decreasing_function(to_string(function)), function);
  }
  try {
    static_cast<void>(parse_decreasing_function("tanh"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(error.what(), HasSubstr("negative-exp"));
  }
}

}  // namespace
}  // namespace ompq
