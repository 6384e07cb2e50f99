// SPDX-License-Identifier: MIT
//
// The same program runs on processors with other vector units: every variant
// of the kernel that this one can run is tried.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "ompq/orthogonality/gram.h"
#include "ompq/orthogonality/orm.h"

#include "random_features.h"

namespace ompq {
namespace {

/// Runs with one instruction set only.
class OnlyTarget {
 public:
  explicit OnlyTarget(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
  }
  ~OnlyTarget() {
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
  OnlyTarget(const OnlyTarget&) = delete;
  OnlyTarget& operator=(const OnlyTarget&) = delete;
};

TEST(GramOnEveryInstructionSet, EqualsThePlainProduct) {
  const std::int64_t d = 1301;
  const auto features = test::random_features(11, d, 4, 0.2F);
  const auto rows = feature_rows(features.data(), 11, d);
  const Matrix expected = test::plain_gram(rows, d);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const OnlyTarget only(target);
    auto values = features;
    const GramMatrix gram = accumulate_gram_then_clamp(
        feature_rows(values.data(), 11, d), d, {.low = 0.0F, .high = 1.0F});
    for (std::int64_t i = 0; i < 11; ++i) {
      for (std::int64_t j = 0; j < 11; ++j) {
        // One float32 sum of 1,024 terms where there are no vectors.
        const double size = std::sqrt(expected(i, i) * expected(j, j));
        ASSERT_NEAR(gram.products(i, j), expected(i, j), 4e-6 * size)
            << hwy::TargetName(target);
      }
    }
    for (std::size_t k = 0; k < values.size(); ++k) {
      ASSERT_EQ(values[k], std::clamp(features[k], 0.0F, 1.0F))
          << hwy::TargetName(target);
    }
  }
}

TEST(OrmOnEveryInstructionSet, IsTheSameWithinRounding) {
  std::vector<GramMatrix> grams;
  for (std::uint64_t i = 0; i < 9; ++i) {
    grams.push_back(test::gram_of(test::random_features(13, 50, i), 13));
  }
  const Matrix expected = orm_matrix(grams);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const OnlyTarget only(target);
    const Matrix orm = orm_matrix(grams);
    for (std::size_t k = 0; k < expected.elements().size(); ++k) {
      ASSERT_NEAR(orm.elements()[k], expected.elements()[k], 1e-13)
          << hwy::TargetName(target);
    }
  }
}

}  // namespace
}  // namespace ompq
