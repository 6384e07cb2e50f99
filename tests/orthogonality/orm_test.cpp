// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/orm.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "random_features.h"

namespace ompq {
namespace {

using test::gram_of;
using test::random_features;

constexpr OrmKind kKinds[] = {
    OrmKind::Raw, OrmKind::Centred, OrmKind::Unbiased};
constexpr std::int64_t kSamples = 21;

// Gram matrices come from float32 products; centring magnifies their rounding.
constexpr double kTolerance = 2e-6;

std::vector<std::vector<float>> some_layers() {
  std::vector<std::vector<float>> layers;
  for (const std::int64_t d : {2, 3, 40, 1500, 77}) {
    layers.push_back(
        random_features(kSamples, d, static_cast<std::uint64_t>(d), 0.4F));
  }
  return layers;
}

std::vector<GramMatrix> grams_of(
    const std::vector<std::vector<float>>& layers) {
  std::vector<GramMatrix> grams;
  for (const auto& layer : layers) {
    grams.push_back(gram_of(layer, kSamples));
  }
  return grams;
}

double frobenius_product(const Matrix& a, const Matrix& b) {
  return std::inner_product(
      a.elements().begin(), a.elements().end(), b.elements().begin(), 0.0);
}

/// H G H with H = I - 11^T/N, by two matrix products.
Matrix plainly_centred(const Matrix& gram) {
  const std::int64_t n = gram.rows();
  const auto product = [n](const Matrix& a, const Matrix& b) {
    Matrix result(n, n);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t k = 0; k < n; ++k) {
          result(i, j) += a(i, k) * b(k, j);
        }
      }
    }
    return result;
  };
  Matrix centring(n, n);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      centring(i, j) = (i == j ? 1.0 : 0.0) - 1.0 / static_cast<double>(n);
    }
  }
  return product(product(centring, gram), centring);
}

/// The estimator HSIC_1 of Song et al. 2012, equation 5.
double unbiased_hsic(const Matrix& k, const Matrix& l) {
  const std::int64_t samples = k.rows();
  const auto n = static_cast<double>(samples);
  double trace = 0.0;
  double sum_k = 0.0;
  double sum_l = 0.0;
  double sum_kl = 0.0;
  for (std::int64_t a = 0; a < samples; ++a) {
    double row_k = 0.0;
    double row_l = 0.0;
    for (std::int64_t b = 0; b < samples; ++b) {
      if (a != b) {
        trace += k(a, b) * l(b, a);
        row_k += k(a, b);
        row_l += l(a, b);
      }
    }
    sum_k += row_k;
    sum_l += row_l;
    sum_kl += row_k * row_l;
  }
  return (trace + sum_k * sum_l / ((n - 1) * (n - 2)) -
          2.0 * sum_kl / (n - 2)) /
         (n * (n - 3));
}

TEST(Orm, EqualsThePaperFormulaWithoutCentring) {
  const auto grams = grams_of(some_layers());
  const Matrix orm = orm_matrix(grams, {.kind = OrmKind::Raw});
  for (std::int64_t i = 0; i < orm.rows(); ++i) {
    for (std::int64_t j = 0; j < orm.rows(); ++j) {
      const Matrix& a = grams[static_cast<std::size_t>(i)].products;
      const Matrix& b = grams[static_cast<std::size_t>(j)].products;
      const double expected =
          frobenius_product(a, b) /
          std::sqrt(frobenius_product(a, a) * frobenius_product(b, b));
      EXPECT_NEAR(orm(i, j), expected, 1e-12) << i << ", " << j;
    }
  }
}

TEST(Orm, EqualsLinearCkaWhenCentred) {
  const auto grams = grams_of(some_layers());
  const Matrix orm = orm_matrix(grams, {.kind = OrmKind::Centred});
  for (std::int64_t i = 0; i < orm.rows(); ++i) {
    for (std::int64_t j = 0; j < orm.rows(); ++j) {
      const Matrix a =
          plainly_centred(grams[static_cast<std::size_t>(i)].products);
      const Matrix b =
          plainly_centred(grams[static_cast<std::size_t>(j)].products);
      const double expected =
          frobenius_product(a, b) /
          std::sqrt(frobenius_product(a, a) * frobenius_product(b, b));
      EXPECT_NEAR(orm(i, j), expected, 1e-12) << i << ", " << j;
    }
  }
}

TEST(Orm, EqualsTheUnbiasedHsicRatioWhenUnbiased) {
  const auto grams = grams_of(some_layers());
  const Matrix orm = orm_matrix(grams, {.kind = OrmKind::Unbiased});
  for (std::int64_t i = 0; i < orm.rows(); ++i) {
    for (std::int64_t j = 0; j < orm.rows(); ++j) {
      const Matrix& a = grams[static_cast<std::size_t>(i)].products;
      const Matrix& b = grams[static_cast<std::size_t>(j)].products;
      const double expected =
          unbiased_hsic(a, b) /
          std::sqrt(unbiased_hsic(a, a) * unbiased_hsic(b, b));
      EXPECT_NEAR(orm(i, j), expected, 1e-11) << i << ", " << j;
    }
  }
}

TEST(Orm, IsSymmetricWithUnitDiagonalAndInRange) {
  for (const OrmKind kind : kKinds) {
    const Matrix orm = orm_matrix(grams_of(some_layers()), {.kind = kind});
    for (std::int64_t i = 0; i < orm.rows(); ++i) {
      EXPECT_EQ(orm(i, i), 1.0);
      for (std::int64_t j = 0; j < orm.rows(); ++j) {
        EXPECT_EQ(orm(i, j), orm(j, i));
        EXPECT_LE(orm(i, j), 1.0);
        EXPECT_GE(orm(i, j), kind == OrmKind::Unbiased ? -1.0 : 0.0);
      }
    }
  }
}

TEST(Orm, IsOneForScaledCopies) {
  auto layers = some_layers();
  auto copy = layers[3];
  for (float& value : copy) {
    value *= -3.7F;
  }
  for (const OrmKind kind : kKinds) {
    const Matrix orm = orm_matrix(grams_of({layers[3], copy}), {.kind = kind});
    EXPECT_NEAR(orm(0, 1), 1.0, kTolerance);
  }
}

TEST(Orm, DoesNotChangeWithScaleRotationOrOrderOfSamples) {
  const auto layers = some_layers();
  auto changed = layers;
  std::vector<std::size_t> order(kSamples);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(5));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::size_t d = layers[i].size() / kSamples;
    for (std::size_t n = 0; n < kSamples; ++n) {
      const float* from = layers[i].data() + order[n] * d;
      float* to = changed[i].data() + n * d;
      // A rotation by 0.9 in the plane of the first two features.
      std::copy(from, from + d, to);
      to[0] = std::cos(0.9F) * from[0] - std::sin(0.9F) * from[1];
      to[1] = std::sin(0.9F) * from[0] + std::cos(0.9F) * from[1];
      std::transform(to, to + d, to, [i](float value) {
        return value * 2.5F * static_cast<float>(i + 1);
      });
    }
  }
  for (const OrmKind kind : kKinds) {
    const Matrix before = orm_matrix(grams_of(layers), {.kind = kind});
    const Matrix after = orm_matrix(grams_of(changed), {.kind = kind});
    for (std::size_t k = 0; k < before.elements().size(); ++k) {
      EXPECT_NEAR(before.elements()[k], after.elements()[k], kTolerance);
    }
  }
}

TEST(Orm, DoesNotChangeWithAShiftUnlessRaw) {
  const auto layers = some_layers();
  auto shifted = layers;
  for (float& value : shifted[2]) {
    value += 2.0F;
  }
  for (const OrmKind kind : {OrmKind::Centred, OrmKind::Unbiased}) {
    const Matrix before = orm_matrix(grams_of(layers), {.kind = kind});
    const Matrix after = orm_matrix(grams_of(shifted), {.kind = kind});
    EXPECT_NEAR(before(2, 3), after(2, 3), 10.0 * kTolerance);
  }
  const Matrix before = orm_matrix(grams_of(layers), {.kind = OrmKind::Raw});
  const Matrix after = orm_matrix(grams_of(shifted), {.kind = OrmKind::Raw});
  EXPECT_GT(std::abs(before(2, 3) - after(2, 3)), 0.01);
}

TEST(Orm, IsNearZeroForUnrelatedLayersOnlyWhenUnbiased) {
  const std::vector<GramMatrix> grams = {
      gram_of(random_features(kSamples, 2000, 1), kSamples),
      gram_of(random_features(kSamples, 2000, 2), kSamples)};
  EXPECT_GT(orm_matrix(grams, {.kind = OrmKind::Raw})(0, 1), 0.8);
  EXPECT_GT(orm_matrix(grams, {.kind = OrmKind::Centred})(0, 1), 0.8);
  EXPECT_LT(
      std::abs(orm_matrix(grams, {.kind = OrmKind::Unbiased})(0, 1)), 0.2);
}

TEST(Orm, IsTheSameThroughFeaturesAndThroughGramMatrices) {
  std::vector<GramMatrix> grams;
  for (const std::int64_t d : {1, 700, 3, 2, 40, 3}) {
    grams.push_back(gram_of(
        random_features(
            kSamples, d, static_cast<std::uint64_t>(10 + grams.size()), 0.2F),
        kSamples));
  }
  ASSERT_GT(grams[0].features.rows(), 0);
  ASSERT_EQ(grams[1].features.rows(), 0);
  auto without = grams;
  for (GramMatrix& gram : without) {
    gram.features = Matrix();
  }
  for (const OrmKind kind : kKinds) {
    const Matrix through_features = orm_matrix(grams, {.kind = kind});
    const Matrix through_grams = orm_matrix(without, {.kind = kind});
    for (std::size_t k = 0; k < through_grams.elements().size(); ++k) {
      const double expected = through_grams.elements()[k];
      EXPECT_NEAR(
          through_features.elements()[k],
          expected,
          1e-12 * std::max(std::abs(expected), 1e-3));
    }
  }
}

TEST(Orm, DoesNotDependOnTheNumberOfThreads) {
  std::vector<GramMatrix> grams;
  for (std::uint64_t i = 0; i < 30; ++i) {
    grams.push_back(gram_of(random_features(90, 200, i), 90));
  }
  for (const OrmKind kind : kKinds) {
    const Matrix one = orm_matrix(grams, {.kind = kind, .threads = 1});
    EXPECT_EQ(one, orm_matrix(grams, {.kind = kind, .threads = 2}));
    EXPECT_EQ(one, orm_matrix(grams, {.kind = kind, .threads = 3}));
  }
}

TEST(Orm, SplitsManyLayersOfManySamplesIntoSlices) {
  // 130 layers x 300 x 301 / 2 elements exceed one slice.
  std::vector<GramMatrix> grams;
  for (std::uint64_t i = 0; i < 130; ++i) {
    grams.push_back(gram_of(random_features(300, 20, i), 300));
  }
  const Matrix all = orm_matrix(grams);
  const Matrix two = orm_matrix(std::vector{grams[3], grams[128]});
  EXPECT_NEAR(all(3, 128), two(0, 1), 1e-13);
}

TEST(OrmKind, IsReadBackFromItsName) {
  for (const OrmKind kind : kKinds) {
    EXPECT_EQ(parse_orm_kind(to_string(kind)), kind);
  }
  EXPECT_THROW(static_cast<void>(parse_orm_kind("cka")), Error);
}

}  // namespace
}  // namespace ompq
