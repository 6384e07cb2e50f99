// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/orthogonality/importance.h"

namespace ompq {
namespace {

std::filesystem::path shared_folder() {
  const char* folder = std::getenv("OMPQ_SHARED");
  return folder != nullptr ? folder : OMPQ_DEFAULT_SHARED;
}

class GoldenGamma : public testing::TestWithParam<const char*> {};

// Both were computed in float64 and written with all their digits.
TEST_P(GoldenGamma, IsTheRowSumOfTheGoldenMatrix) {
  const auto path =
      shared_folder() / "golden" / (std::string(GetParam()) + ".json");
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is absent; set OMPQ_SHARED";
  }
  const Json golden = read_json(path);
  ASSERT_EQ(golden.at("orm").size(), 4U);
  for (const auto& [name, entry] : golden.at("orm").items()) {
    const auto size = static_cast<std::int64_t>(entry.at("matrix").size());
    Matrix orm(size, size);
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t j = 0; j < size; ++j) {
        orm(i, j) = entry.at(
            "matrix")[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      }
    }
    const auto gamma = orthogonality_gamma(orm);
    for (std::size_t i = 0; i < gamma.size(); ++i) {
      EXPECT_NEAR(gamma[i], entry.at("gamma")[i].get<double>(), 1e-6)
          << name << ", layer " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    GoldenGamma,
    testing::Values("resnet20", "mobilenetv2", "squeezenet11"));

}  // namespace
}  // namespace ompq
