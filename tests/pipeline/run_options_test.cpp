// SPDX-License-Identifier: MIT
#include "ompq/pipeline/run_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;

TEST(InputShapeText, ReadsNameAndDimensions) {
  const auto input = OptionText<InputShape>::parse("a=b=1,3,224,224");

  EXPECT_EQ(input.name, "a=b");
  EXPECT_THAT(input.shape, ElementsAre(1, 3, 224, 224));
  EXPECT_EQ(OptionText<InputShape>::print(input), "a=b=1,3,224,224");
}

TEST(InputShapeText, RejectsWhatIsNoShape) {
  for (const char* text :
       {"", "x", "=1,2", "x=", "x=1,,2", "x=0,3", "x=1,-2"}) {
    EXPECT_THROW(OptionText<InputShape>::parse(text), Error) << text;
  }
}

}  // namespace
}  // namespace ompq
