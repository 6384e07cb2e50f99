// SPDX-License-Identifier: MIT
#include "ompq/plan/bit_plan.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/plan/budget.h"

#include "tests/plan/tiny_plan.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::tiny_layers;

TEST(BitPlan, TotalsAddUpLayerByLayer) {
  const BitPlan plan{
      {{.weight_bits = 8},
       {.weight_bits = 3, .activation_bits = 6},
       {.weight_bits = 8, .activation_bits = 8}}};

  const PlanTotals totals = plan_totals(tiny_layers(), plan);

  EXPECT_EQ(totals.weights, 1131);
  EXPECT_EQ(totals.payload_bits, 90 * 8 + 1001 * 3 + 40 * 8);
  EXPECT_EQ(totals.payload_bytes, 90 + 376 + 40);
  EXPECT_DOUBLE_EQ(totals.average_bits, 4043.0 / 1131.0);
  EXPECT_EQ(totals.paper_bits, 110 * 8 + 1015 * 3 + 48 * 8);
  EXPECT_DOUBLE_EQ(
      totals.bit_operations, 9000 * 8 * 32 + 50050 * 3 * 6 + 40 * 64);
}

TEST(BitPlan, RejectsWidthsOutsideTheRange) {
  for (const int bits : {0, -3, 17}) {
    BitPlan plan = uniform_plan(3, 4);
    plan.layers[1].weight_bits = bits;
    try {
      static_cast<void>(plan_totals(tiny_layers(), plan));
      FAIL() << bits;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidPlan);
      EXPECT_THAT(error.what(), HasSubstr("block.conv2"));
    }
  }
}

TEST(BitPlan, RejectsAnotherNumberOfLayers) {
  EXPECT_THROW(
      static_cast<void>(plan_totals(tiny_layers(), uniform_plan(2, 4))), Error);
}

TEST(SizeModel, PlanesAddUpToTheWidthAndNeverStraddleBytes) {
  for (int bits = 1; bits <= 16; ++bits) {
    const std::vector<int> planes = bit_planes(bits);
    EXPECT_EQ(std::accumulate(planes.begin(), planes.end(), 0), bits);
    for (const int plane : planes) {
      EXPECT_EQ(8 % plane, 0);
    }
  }
  EXPECT_THAT(bit_planes(7), ElementsAre(4, 2, 1));
  EXPECT_THAT(bit_planes(8), ElementsAre(8));
  EXPECT_THROW(static_cast<void>(bit_planes(0)), Error);
}

TEST(SizeModel, CountsThePlanesOfALayer) {
  const FileSizeModel model{.bytes_per_plane = 30};

  // 7 bits: planes of 501, 251 and 126 bytes.
  EXPECT_EQ(
      layer_file_bytes(model, tiny_layers()[1], 7), 501 + 251 + 126 + 3 * 30);
}

TEST(SizeModel, GrowsWithTheWidth) {
  for (Layer layer : tiny_layers()) {
    // Small layers have fewer bytes than a plane costs.
    layer.weights += 1000;
    for (int bits = 1; bits < 16; ++bits) {
      EXPECT_LT(
          layer_file_bytes({}, layer, bits),
          layer_file_bytes({}, layer, bits + 1));
    }
  }
}

TEST(Budget, ReadsWhatItNames) {
  for (const BudgetKind kind : kBudgetKinds) {
    EXPECT_EQ(parse_budget_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_budget_kind("weight").has_value());
}

TEST(Budget, IsShownWithItsUnit) {
  EXPECT_EQ(
      format_budget(BudgetKind::FileSize, 1572864),
      "1.50 MiB (1,572,864 bytes)");
  EXPECT_EQ(format_budget(BudgetKind::AverageBits, 2.5), "2.5 bits per weight");
  EXPECT_EQ(
      format_budget(BudgetKind::BitOperations, 4.02e10),
      "40.2 G bit operations");
}

}  // namespace
}  // namespace ompq
