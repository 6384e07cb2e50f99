// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/importance.h"

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

TEST(OrthogonalityGamma, SumsARowWithoutItsDiagonal) {
  Matrix orm(3, 3);
  orm.elements() = {1.0, 0.5, 0.25, 0.5, 1.0, 0.0, 0.25, 0.0, 1.0};
  const auto gamma = orthogonality_gamma(orm);
  ASSERT_EQ(gamma.size(), 3U);
  EXPECT_DOUBLE_EQ(gamma[0], 0.75);
  EXPECT_DOUBLE_EQ(gamma[1], 0.5);
  EXPECT_DOUBLE_EQ(gamma[2], 0.25);
}

TEST(OrthogonalityGamma, IsZeroForASingleLayer) {
  Matrix orm(1, 1);
  orm(0, 0) = 1.0;
  EXPECT_EQ(orthogonality_gamma(orm), std::vector<double>{0.0});
}

TEST(OrthogonalityGamma, RejectsAMatrixThatIsNotSquare) {
  EXPECT_THROW(static_cast<void>(orthogonality_gamma(Matrix(2, 3))), Error);
}

}  // namespace
}  // namespace ompq
