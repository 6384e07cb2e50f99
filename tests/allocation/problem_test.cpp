// SPDX-License-Identifier: MIT
#include "ompq/allocation/problem.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/allocation/six_layers.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using testing::kCoefficients;
using testing::layers;

Error error_of_options(const ProblemOptions& options) {
  return error_of([&] {
    static_cast<void>(
        make_problem(layers(), linear_value(kCoefficients), options));
  });
}

TEST(MakeProblem, RejectsWhatDoesNotFitTheModel) {
  const std::vector<std::pair<ProblemOptions, std::string>> cases{
      {{.widths = {.pins = {{"conv22", 4}}}},
       "no quantizable layer 'conv22'; did you mean 'conv2'"},
      {{.widths = {.pins = {{"conv2", 0}}}}, "pin conv2: expected a width"},
      {{.widths = {.layer_weight_bits = {{"fc", {4}}}}},
       "no quantizable layer 'fc'"},
      {{.widths = {.layer_weight_bits = {{"conv2", {}}}}},
       "conv2: expected at least one width"},
      {{.widths = {.weight_bits = {}}}, "weight widths: expected at least one"},
      {{.widths = {.weight_bits = {2, 17}}}, "from 1 to 16 bits, got 17"},
      {{.widths = {.activation_bits = {}}}, "activation widths"},
      {{.widths = {.activation_bits = {99}}}, "1 to 16 bits, got 99"},
      {{.widths = {.first_last_bits = 0}}, "first and last layer"},
      {{.budgets = {{.kind = BudgetKind::FileSize, .limit = 0.0}}},
       "budget file_size: expected a number above 0, got 0"},
      {{.budgets =
            {{.kind = BudgetKind::FileSize,
              .limit = std::numeric_limits<double>::infinity()}}},
       "got inf"},
      {{.weight_groups = {1}}, "weight groups: expected one group per layer"},
      {{.activation_groups = {1}}, "activation groups"},
  };
  for (const auto& [options, expected] : cases) {
    const Error error = error_of_options(options);
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(expected));
  }
}

TEST(MakeProblem, RejectsAModelWithoutLayers) {
  EXPECT_EQ(
      error_of([] {
        static_cast<void>(make_problem({}, linear_value({}), {}));
      }).code(),
      ErrorCode::InvalidArgument);
}

TEST(MakeProblem, NamesTheLayerWhoseValueIsNotFinite) {
  const Error error = error_of([] {
    static_cast<void>(make_problem(
        layers(),
        [](std::size_t layer, int, std::optional<int>) {
          return layer == 2 ? std::nan("") : 1.0;
        },
        {}));
  });
  EXPECT_EQ(error.code(), ErrorCode::Degenerate);
  EXPECT_THAT(error.what(), HasSubstr("layer 'conv3'"));
}

TEST(ParseWidths, ReadsRangesAndLists) {
  EXPECT_THAT(parse_widths("2-5"), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(parse_widths("8, 2,4"), ElementsAre(2, 4, 8));
  EXPECT_THAT(parse_widths("2-3,3,8"), ElementsAre(2, 3, 8));
  EXPECT_THAT(parse_widths("3"), ElementsAre(3));
  for (const char* text : {"", "a", "2-", "-2", "8-2", "0", "17", "2,,3"}) {
    EXPECT_THROW(static_cast<void>(parse_widths(text)), Error) << text;
  }
}

}  // namespace
}  // namespace ompq
