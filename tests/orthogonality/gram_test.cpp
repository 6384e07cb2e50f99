// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/gram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "random_features.h"

namespace ompq {
namespace {

using test::plain_gram;
using test::random_features;

// float32 sums of 1,024 products: below 1e-6 of |f_a| |f_b|.
constexpr double kFloatTolerance = 1e-6;

void expect_near(const Matrix& got, const Matrix& expected, double tolerance) {
  ASSERT_EQ(got.rows(), expected.rows());
  ASSERT_EQ(got.columns(), expected.columns());
  for (std::int64_t i = 0; i < got.rows(); ++i) {
    for (std::int64_t j = 0; j < got.columns(); ++j) {
      const double size = std::sqrt(expected(i, i) * expected(j, j));
      ASSERT_NEAR(got(i, j), expected(i, j), tolerance * size)
          << "at " << i << ", " << j;
    }
  }
}

class GramShapes : public testing::TestWithParam<
                       std::tuple<std::int64_t, std::int64_t, std::int64_t>> {};

TEST_P(GramShapes, EqualsThePlainProduct) {
  const auto [n, d, gap] = GetParam();
  const auto features = random_features(n, d + gap, 7, 0.3F);
  const auto rows = feature_rows(features.data(), n, d + gap);

  const GramMatrix gram = accumulate_gram(rows, d);

  EXPECT_EQ(gram.samples(), n);
  expect_near(gram.products, plain_gram(rows, d), kFloatTolerance);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      ASSERT_EQ(gram.products(i, j), gram.products(j, i));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    OddShapes,
    GramShapes,
    testing::Combine(
        testing::Values(1, 2, 3, 4, 5, 17, 64, 67, 131),
        testing::Values(1, 2, 15, 16, 33, 1024, 1025, 5003),
        testing::Values(0, 1, 13)));

TEST(Gram, WorksForFiveHundredSamples) {
  const auto features = random_features(512, 1500, 3);
  const auto rows = feature_rows(features.data(), 512, 1500);
  expect_near(
      accumulate_gram(rows, 1500).products,
      plain_gram(rows, 1500),
      kFloatTolerance);
}

TEST(Gram, TakesRowsFromSeparateBuffers) {
  const std::int64_t d = 3001;
  const auto whole = random_features(10, d, 5);
  const std::vector<float> head(whole.begin(), whole.begin() + 4 * d);
  const std::vector<float> tail(whole.begin() + 4 * d, whole.end());
  auto rows = feature_rows(head.data(), 4, d);
  const auto others = feature_rows(tail.data(), 6, d);
  rows.insert(rows.end(), others.begin(), others.end());

  EXPECT_EQ(
      accumulate_gram(rows, d).products,
      accumulate_gram(feature_rows(whole.data(), 10, d), d).products);
}

TEST(Gram, DoesNotDependOnTheNumberOfThreads) {
  for (const std::int64_t n : {2, 17, 64, 150}) {
    for (const std::int64_t d : {100, 5000, 70001}) {
      const auto features = random_features(n, d, 11);
      const auto rows = feature_rows(features.data(), n, d);
      const Matrix one = accumulate_gram(rows, d, {.threads = 1}).products;
      for (const int threads : {2, 3, 5}) {
        EXPECT_EQ(one, accumulate_gram(rows, d, {.threads = threads}).products)
            << n << " x " << d << ", " << threads << " threads";
      }
    }
  }
}

TEST(Gram, KeepsFeaturesWhereTheyAreCheaper) {
  const auto few = random_features(64, 5, 1);
  const GramMatrix small = accumulate_gram(feature_rows(few.data(), 64, 5), 5);
  ASSERT_EQ(small.features.rows(), 64);
  ASSERT_EQ(small.features.columns(), 5);
  EXPECT_EQ(small.features(63, 4), static_cast<double>(few.back()));

  const auto many = random_features(64, 6, 1);
  EXPECT_EQ(
      accumulate_gram(feature_rows(many.data(), 64, 6), 6).features.rows(), 0);
}

TEST(Gram, IsExactToFloat64ForFewFeatures) {
  const auto features = random_features(90, 60, 2);
  const auto rows = feature_rows(features.data(), 90, 60);
  expect_near(accumulate_gram(rows, 60).products, plain_gram(rows, 60), 1e-14);
}

TEST(GramThenClamp, LimitsTheRowsAndReturnsTheGramMatrixOfBefore) {
  const Clamp relu6{.low = 0.0F, .high = 0.75F};
  for (const std::int64_t n : {3, 64, 70}) {
    for (const std::int64_t d : {2, 30, 1025, 4097}) {
      const std::int64_t stride = d + 3;
      const auto before = random_features(n, stride, 13);
      auto values = before;
      auto expected = before;
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t k = 0; k < d; ++k) {
          float& value = expected[static_cast<std::size_t>(i * stride + k)];
          value = std::clamp(value, relu6.low, relu6.high);
        }
      }

      const GramMatrix gram = accumulate_gram_then_clamp(
          feature_rows(values.data(), n, stride), d, relu6);

      EXPECT_EQ(values, expected) << n << " x " << d;
      EXPECT_EQ(
          gram.products,
          accumulate_gram(feature_rows(before.data(), n, stride), d).products);
    }
  }
}

TEST(GramThenClamp, ByDefaultLimitsNothing) {
  const auto before = random_features(4, 40, 1);
  auto values = before;
  static_cast<void>(accumulate_gram_then_clamp(
      feature_rows(values.data(), 4, 40), 40, Clamp{}));
  EXPECT_EQ(values, before);
}

TEST(GramThenClamp, RejectsAnEmptyRange) {
  auto values = random_features(4, 40, 1);
  try {
    static_cast<void>(accumulate_gram_then_clamp(
        feature_rows(values.data(), 4, 40),
        40,
        {.low = 1.0F, .high = 0.0F},
        {.layer = "conv_1"}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_NE(std::string(error.what()).find("conv_1"), std::string::npos);
  }
}

TEST(Gram, NamesLayerAndSampleOfValuesThatAreNotFinite) {
  for (const std::int64_t d : {3, 500}) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(),
          std::numeric_limits<float>::infinity(),
          -std::numeric_limits<float>::infinity()}) {
      auto features = random_features(8, d, 1);
      features[static_cast<std::size_t>(5 * d + 2)] = bad;
      try {
        static_cast<void>(accumulate_gram(
            feature_rows(std::as_const(features).data(), 8, d),
            d,
            {.layer = "conv_7"}));
        FAIL() << "no error for " << bad;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidData);
        const std::string message = error.what();
        EXPECT_NE(message.find("conv_7"), std::string::npos) << message;
        EXPECT_NE(message.find("sample 5"), std::string::npos) << message;
      }
    }
  }
}

TEST(Gram, RejectsEmptyInput) {
  const std::vector<const float*> none;
  EXPECT_THROW(static_cast<void>(accumulate_gram(none, 3)), Error);
  const auto features = random_features(2, 3, 1);
  const auto rows = feature_rows(features.data(), 2, 3);
  EXPECT_THROW(static_cast<void>(accumulate_gram(rows, 0)), Error);
}

}  // namespace
}  // namespace ompq
