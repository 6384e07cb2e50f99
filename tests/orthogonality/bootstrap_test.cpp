// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/orthogonality/importance.h"

#include "random_features.h"

namespace ompq {
namespace {

constexpr OrmKind kKinds[] = {
    OrmKind::Raw, OrmKind::Centred, OrmKind::Unbiased};
constexpr std::size_t kLayers = 4;

/// Layers that share part of a latent vector, so that gamma is neither 0 nor
/// at its largest.
std::vector<GramMatrix> related_layers(
    std::int64_t samples, std::uint64_t seed) {
  constexpr std::int64_t kFeatures = 12;
  const auto latent = test::random_features(samples, kFeatures, seed, 0.2F);
  std::vector<GramMatrix> grams;
  for (std::size_t layer = 0; layer < kLayers; ++layer) {
    auto features =
        test::random_features(samples, kFeatures, seed * 31 + layer + 1);
    const float share = 0.3F + 0.4F * static_cast<float>(layer);
    for (std::size_t k = 0; k < features.size(); ++k) {
      features[k] += share * latent[k];
    }
    grams.push_back(test::gram_of(features, samples));
  }
  return grams;
}

std::vector<double> gamma_of(
    const std::vector<GramMatrix>& grams, OrmKind kind) {
  return orthogonality_gamma(orm_matrix(grams, {.kind = kind}));
}

TEST(BootstrapGamma, ReportsGammaOfAllSamplesWithinItsInterval) {
  const auto grams = related_layers(40, 1);
  for (const OrmKind kind : kKinds) {
    const auto intervals = bootstrap_gamma(grams, {.kind = kind});
    const auto gamma = gamma_of(grams, kind);
    ASSERT_EQ(intervals.size(), gamma.size());
    for (std::size_t i = 0; i < gamma.size(); ++i) {
      EXPECT_EQ(intervals[i].gamma, gamma[i]);
      EXPECT_LT(intervals[i].low, gamma[i]);
      EXPECT_GT(intervals[i].high, gamma[i]);
    }
  }
}

TEST(BootstrapGamma, IsTheSameForTheSameSeedAndAnyNumberOfThreads) {
  const auto grams = related_layers(33, 2);
  const auto bounds = [&grams](std::uint64_t seed, int threads) {
    std::vector<double> values;
    for (const GammaInterval& interval :
         bootstrap_gamma(grams, {.seed = seed, .threads = threads})) {
      values.push_back(interval.low);
      values.push_back(interval.high);
    }
    return values;
  };
  EXPECT_EQ(bounds(5, 1), bounds(5, 2));
  EXPECT_EQ(bounds(5, 1), bounds(5, 3));
  EXPECT_NE(bounds(5, 1), bounds(6, 1));
}

// Four times the samples: half the width where layers are dependent, down to a
// quarter where they are unrelated and chance alone makes gamma vary.
TEST(BootstrapGamma, NarrowsWithMoreSamples) {
  const auto width = [](std::int64_t samples) {
    double total = 0.0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const auto intervals = bootstrap_gamma(
          related_layers(samples, seed), {.kind = OrmKind::Unbiased});
      total += intervals[3].high - intervals[3].low;
    }
    return total;
  };
  const double ratio = width(30) / width(120);
  EXPECT_GT(ratio, 1.5);
  EXPECT_LT(ratio, 4.5);
}

TEST(BootstrapGamma, WidensWithTheLevel) {
  const auto grams = related_layers(40, 1);
  const auto narrow = bootstrap_gamma(grams, {.level = 0.5});
  const auto wide = bootstrap_gamma(grams, {.level = 0.99});
  for (std::size_t i = 0; i < grams.size(); ++i) {
    EXPECT_LT(wide[i].low, narrow[i].low);
    EXPECT_GT(wide[i].high, narrow[i].high);
  }
}

/// What bootstrap_gamma claims, and what gamma does, for one layer over many
/// draws of the samples.
struct Repetitions {
  std::vector<double> gammas;
  std::vector<GammaInterval> intervals;

  [[nodiscard]] double covered() const {
    const double expectation =
        std::accumulate(gammas.begin(), gammas.end(), 0.0) /
        static_cast<double>(gammas.size());
    const auto hits = std::count_if(
        intervals.begin(), intervals.end(), [expectation](const auto& it) {
          return it.low <= expectation && expectation <= it.high;
        });
    return static_cast<double>(hits) / static_cast<double>(intervals.size());
  }

  /// Mean width of the intervals / range of the middle 90 % of the gammas.
  [[nodiscard]] double relative_width() const {
    auto sorted = gammas;
    std::sort(sorted.begin(), sorted.end());
    double width = 0.0;
    for (const GammaInterval& interval : intervals) {
      width += interval.high - interval.low;
    }
    const std::size_t tail = sorted.size() / 20;
    return width / static_cast<double>(intervals.size()) /
           (sorted[sorted.size() - 1 - tail] - sorted[tail]);
  }
};

std::vector<Repetitions> repeat(OrmKind kind) {
  std::vector<Repetitions> layers(kLayers);
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const auto intervals = bootstrap_gamma(
        related_layers(48, seed),
        {.kind = kind,
         .resamples = 100,
         .level = 0.9,
         .seed = seed,
         .threads = 1});
    for (std::size_t i = 0; i < kLayers; ++i) {
      layers[i].gammas.push_back(intervals[i].gamma);
      layers[i].intervals.push_back(intervals[i]);
    }
  }
  return layers;
}

// The interval is one for the mean of gamma over draws of N samples. Of 150
// exact 90 % intervals fewer than 80 % hold with a chance below 1e-4; those of
// nearly unrelated layers are too wide, at most twice.
TEST(BootstrapGamma, CoversTheExpectationAsOftenAsItSays) {
  for (const OrmKind kind : kKinds) {
    for (const Repetitions& layer : repeat(kind)) {
      EXPECT_GE(layer.covered(), 0.8) << to_string(kind);
      EXPECT_GE(layer.relative_width(), 0.75) << to_string(kind);
      EXPECT_LE(layer.relative_width(), 2.2) << to_string(kind);
    }
  }
}

TEST(BootstrapGamma, CountsLayersThatAreConstantOnASubsetAsOrthogonal) {
  auto features = std::vector<float>(20 * 8, 0.0F);
  features[3] = 1.0F;
  auto grams = related_layers(20, 3);
  grams.push_back(test::gram_of(features, 20));
  for (const GammaInterval& interval : bootstrap_gamma(grams)) {
    EXPECT_TRUE(std::isfinite(interval.low));
    EXPECT_TRUE(std::isfinite(interval.high));
  }
}

TEST(BootstrapGamma, RejectsOptionsOutOfRange) {
  const auto grams = related_layers(7, 1);
  EXPECT_THROW(
      static_cast<void>(bootstrap_gamma(grams, {.resamples = 1})), Error);
  EXPECT_THROW(
      static_cast<void>(bootstrap_gamma(grams, {.level = 1.0})), Error);
  EXPECT_THROW(
      static_cast<void>(bootstrap_gamma(grams, {.level = std::nan("")})),
      Error);
  EXPECT_THROW(
      static_cast<void>(bootstrap_gamma(grams, {.kind = OrmKind::Unbiased})),
      Error);
  EXPECT_NO_THROW(static_cast<void>(bootstrap_gamma(grams)));
}

}  // namespace
}  // namespace ompq
