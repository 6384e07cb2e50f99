// SPDX-License-Identifier: MIT
#include "ompq/core/nearest_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ompq {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kNames{
    "conv1", "layer1.0.conv1", "layer1.0.conv2", "fc"};

TEST(EditDistance, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("Conv", "conv"), 0U);
}

TEST(NearestNames, PutsTheBestFirst) {
  EXPECT_THAT(
      nearest_names("layer1.0.conv2x", kNames, 2),
      ElementsAre("layer1.0.conv2", "layer1.0.conv1"));
}

TEST(NearestNames, LeavesOutWhatSharesNothing) {
  EXPECT_THAT(nearest_names("zzzzzz", kNames), IsEmpty());
  EXPECT_THAT(nearest_names("x", {}), IsEmpty());
}

TEST(DidYouMean, IsARemedyOrNothing) {
  EXPECT_EQ(did_you_mean("cnv1", kNames), "; did you mean 'conv1'?");
  EXPECT_EQ(did_you_mean("zzzzzz", kNames), "");
}

}  // namespace
}  // namespace ompq
