// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "ompq/core/matrix.h"
#include "ompq/orthogonality/gram.h"

namespace ompq::test {

/// [rows, columns] float32, row-major, standard normal plus `mean`.
inline std::vector<float> random_features(
    std::int64_t rows,
    std::int64_t columns,
    std::uint64_t seed,
    float mean = 0.0F) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal(mean, 1.0F);
  std::vector<float> features(static_cast<std::size_t>(rows * columns));
  for (float& value : features) {
    value = normal(generator);
  }
  return features;
}

/// Gram matrix of [rows, columns] features without gaps.
inline GramMatrix gram_of(
    const std::vector<float>& features, std::int64_t rows) {
  const auto columns = static_cast<std::int64_t>(features.size()) / rows;
  return accumulate_gram(feature_rows(features.data(), rows, columns), columns);
}

/// F F^T in float64, the plain way.
inline Matrix plain_gram(
    const std::vector<const float*>& rows, std::int64_t d) {
  const auto count = static_cast<std::int64_t>(rows.size());
  Matrix products(count, count);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < count; ++j) {
      for (std::int64_t k = 0; k < d; ++k) {
        products(i, j) +=
            static_cast<double>(rows[static_cast<std::size_t>(i)][k]) *
            static_cast<double>(rows[static_cast<std::size_t>(j)][k]);
      }
    }
  }
  return products;
}

}  // namespace ompq::test
