// SPDX-License-Identifier: MIT
#include "ompq/pipeline/objective.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

const std::vector<int> kWidths{2, 4, 8};

Importance importance_of(std::vector<double> theta) {
  return {.theta = std::move(theta), .coefficients = {4.0, 3.0, 2.0, 1.0}};
}

TEST(Objective, IsMinusTheErrorForTheScoresMadeOfIt) {
  for (const Score score : {Score::Sqnr, Score::Fisher, Score::Taylor}) {
    const LayerMeasurement measured =
        measured_errors(*error_of(score), kWidths);

    const Objective objective = make_objective(
        small_model().layers.layers,
        measured,
        std::nullopt,
        options_for(score, kWidths));

    EXPECT_TRUE(objective.coefficients.empty());
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_DOUBLE_EQ(objective.value(i, 4, 8), -measured.errors[i].at(4));
    }
  }
}

TEST(Objective, MultipliesTheErrorByTheta) {
  const LayerMeasurement measured = measured_errors(ErrorKind::Output, kWidths);

  const Objective objective = make_objective(
      small_model().layers.layers,
      measured,
      importance_of({0.5, 1.0, 2.0, 4.0}),
      options_for(Score::OmpqError, kWidths));

  EXPECT_DOUBLE_EQ(objective.value(0, 2, {}), -0.5 * measured.errors[0].at(2));
  EXPECT_DOUBLE_EQ(objective.value(3, 8, {}), -4.0 * measured.errors[3].at(8));
}

TEST(Objective, NeverRewardsAnErrorWhereThetaIsNegative) {
  const Objective objective = make_objective(
      small_model().layers.layers,
      measured_errors(ErrorKind::Output, kWidths),
      importance_of({-3.0, -2.0, -1.0, -0.5}),
      options_for(Score::OmpqError, kWidths));

  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_GE(objective.value(i, 8, {}), objective.value(i, 2, {}));
  }
  EXPECT_GT(objective.value(3, 8, {}), objective.value(3, 2, {}));
}

TEST(Objective, IsLinearForThePaperAndTheControls) {
  for (const Score score : {Score::Ompq, Score::Size, Score::Random}) {
    const Objective objective = make_objective(
        small_model().layers.layers,
        {},
        importance_of({1.0, 1.0, 1.0, 1.0}),
        options_for(score, kWidths));

    ASSERT_EQ(objective.coefficients.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_DOUBLE_EQ(
          objective.value(i, 6, {}), 6 * objective.coefficients[i]);
    }
    if (score == Score::Size) {
      EXPECT_EQ(objective.coefficients, std::vector<double>(4, 1.0));
    }
  }
}

TEST(Objective, DrawsCoefficientsFromTheSeed) {
  const auto drawn = [](std::uint64_t seed) {
    SearchOptions options = options_for(Score::Random, kWidths);
    options.seed = seed;
    return make_objective(
               small_model().layers.layers, {}, std::nullopt, options)
        .coefficients;
  };

  const std::vector<double> first = drawn(1);

  EXPECT_EQ(first, drawn(1));
  EXPECT_NE(first, drawn(2));
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), 4U);
  for (const double coefficient : first) {
    EXPECT_GT(coefficient, 0.0);
    EXPECT_LE(coefficient, 1.0);
  }
}

TEST(Objective, NamesTheLayerAndTheWidthThatWasNotMeasured) {
  const Objective objective = make_objective(
      small_model().layers.layers,
      measured_errors(ErrorKind::Output, {2, 4}),
      std::nullopt,
      options_for(Score::Sqnr, kWidths));

  for (const std::string part : {"'conv3'", "8 bits", "2, 4", "--calib"}) {
    expect_error(ErrorCode::InvalidPlan, part, [&] {
      static_cast<void>(objective.value(2, 8, {}));
    });
  }
}

TEST(Objective, RefusesErrorsOfAnotherKindAndMissingMeasurements) {
  const LayerTable layers = small_model().layers.layers;
  const auto make = [&](Score score, const LayerMeasurement& measured) {
    static_cast<void>(make_objective(
        layers, measured, std::nullopt, options_for(score, kWidths)));
  };
  expect_error(ErrorCode::InvalidPlan, "'output'", [&] {
    make(Score::Fisher, measured_errors(ErrorKind::Output, kWidths));
  });
  expect_error(
      ErrorCode::InvalidPlan, "no errors", [&] { make(Score::Sqnr, {}); });
  expect_error(ErrorCode::InvalidPlan, "orthogonality", [&] {
    make(Score::OmpqError, measured_errors(ErrorKind::Output, kWidths));
  });
}

}  // namespace
}  // namespace ompq
