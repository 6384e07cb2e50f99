// SPDX-License-Identifier: MIT
// What the orthogonality metric is not defined for.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/orthogonality/orm.h"

#include "random_features.h"

namespace ompq {
namespace {

using test::gram_of;
using test::random_features;

constexpr std::int64_t kSamples = 21;

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

/// Code and message of the error that orm_matrix throws.
std::pair<ErrorCode, std::string> error_of(
    const std::vector<GramMatrix>& grams, const OrmOptions& options) {
  try {
    static_cast<void>(orm_matrix(grams, options));
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::Internal, "no error"};
}

TEST(Orm, NamesTheLayerWhoseOutputIsConstant) {
  auto layers = some_layers();
  const std::size_t d = layers[3].size() / kSamples;
  for (std::size_t n = 1; n < kSamples; ++n) {
    std::copy_n(
        layers[3].begin(),
        d,
        layers[3].begin() + static_cast<std::ptrdiff_t>(n * d));
  }
  const std::vector<std::string> names = {"a", "b", "c", "dead", "e"};
  for (const OrmKind kind : {OrmKind::Centred, OrmKind::Unbiased}) {
    const auto [code, message] =
        error_of(grams_of(layers), {.kind = kind, .layer_names = names});
    EXPECT_EQ(code, ErrorCode::Degenerate) << message;
    EXPECT_NE(message.find("3 ('dead')"), std::string::npos) << message;
  }
  EXPECT_NO_THROW(static_cast<void>(orm_matrix(grams_of(layers))));

  std::fill(layers[3].begin(), layers[3].end(), 0.0F);
  EXPECT_EQ(
      error_of(grams_of(layers), {.kind = OrmKind::Raw}).first,
      ErrorCode::Degenerate);
}

TEST(Orm, NeedsEnoughSamples) {
  const std::vector one = {gram_of({1.0F, 2.0F, 3.0F}, 1)};
  EXPECT_EQ(
      error_of(one, {.kind = OrmKind::Raw}).first, ErrorCode::InvalidArgument);
  const std::vector three = {gram_of({1.0F, 2.0F, 4.0F}, 3)};
  EXPECT_EQ(
      error_of(three, {.kind = OrmKind::Unbiased}).first,
      ErrorCode::InvalidArgument);
  EXPECT_NO_THROW(
      static_cast<void>(orm_matrix(three, {.kind = OrmKind::Centred})));
}

TEST(Orm, RejectsDifferentNumbersOfSamples) {
  const std::vector grams = {
      gram_of(random_features(5, 10, 1), 5),
      gram_of(random_features(6, 10, 1), 6)};
  EXPECT_EQ(
      error_of(grams, {.kind = OrmKind::Raw}).first, ErrorCode::ShapeMismatch);
}

TEST(Orm, RejectsGramMatricesThatAreNotFinite) {
  auto grams = grams_of(some_layers());
  grams[2].products(1, 4) = std::nan("");
  const auto [code, message] = error_of(grams, {.kind = OrmKind::Raw});
  EXPECT_EQ(code, ErrorCode::InvalidData);
  EXPECT_NE(message.find("layer 2"), std::string::npos) << message;
}

TEST(Orm, RejectsNoLayersAndAWrongNumberOfNames) {
  EXPECT_EQ(
      error_of({}, {.kind = OrmKind::Raw}).first, ErrorCode::InvalidArgument);
  EXPECT_EQ(
      error_of(grams_of(some_layers()), {.layer_names = {"one"}}).first,
      ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace ompq
