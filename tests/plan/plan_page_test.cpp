// SPDX-License-Identifier: MIT
// docs/plan.md names every field of plan.json and no other.
#include <fstream>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/data/preprocessing.h"
#include "ompq/plan/plan_json.h"

#include "tests/plan/tiny_plan.h"

namespace ompq {
namespace {

/// Fields of the document by their paths, "layers[].name".
void collect(
    const Json& json, const std::string& path, std::set<std::string>& fields) {
  // Keys that are data, not fields.
  if (path == "settings" || path == "layers[].error_per_width" ||
      path == "layers[].activation_error_per_width") {
    return;
  }
  if (json.is_array()) {
    for (const Json& element : json) {
      collect(element, path + "[]", fields);
    }
  } else if (json.is_object()) {
    for (const auto& item : json.items()) {
      const std::string field =
          path.empty() ? item.key() : path + "." + item.key();
      fields.insert(field);
      collect(item.value(), field, fields);
    }
  }
}

/// A plan with every field that ompq writes.
Json whole_plan() {
  Plan plan = testing::tiny_plan();
  plan.preprocessing = to_json(Preprocessing());
  return plan_to_json(plan);
}

/// First cells of the page's tables that are one word of code.
std::set<std::string> documented() {
  std::ifstream page(OMPQ_SOURCE_DIR "/docs/plan.md");
  std::set<std::string> fields;
  std::string line;
  while (std::getline(page, line)) {
    if (line.starts_with("| `")) {
      fields.insert(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return fields;
}

TEST(PlanPage, NamesEveryFieldAndNoOther) {
  std::set<std::string> written;
  collect(whole_plan(), "", written);
  EXPECT_EQ(documented(), written);
}

TEST(PlanPage, NamesEveryKindOfBudgetAndLayer) {
  std::ifstream stream(OMPQ_SOURCE_DIR "/docs/plan.md");
  const std::string page{std::istreambuf_iterator<char>(stream), {}};
  for (const BudgetKind kind : kBudgetKinds) {
    EXPECT_THAT(
        page, ::testing::HasSubstr(fmt::format("- `{}`", to_string(kind))));
  }
  for (const LayerKind kind :
       {LayerKind::Conv,
        LayerKind::ConvTranspose,
        LayerKind::Gemm,
        LayerKind::MatMul}) {
    EXPECT_THAT(
        page, ::testing::HasSubstr(fmt::format("`{}`", to_string(kind))));
  }
}

}  // namespace
}  // namespace ompq
