// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/orm_products.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numbers>
#include <vector>

#include <omp.h>

#include "ompq/orthogonality/row_products.h"

namespace ompq::detail {
namespace {

/// Most elements of a slice of all layers: 32 MiB.
constexpr std::int64_t kSliceElements = std::int64_t{4} << 20;

/// Rows [begin, end) of a Gram matrix: their part of the lower triangle.
struct RowRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] std::int64_t elements() const {
    return (end * (end + 1) - begin * (begin + 1)) / 2;
  }
};

/// As many rows from `begin` on as a slice may hold, at least one.
RowRange next_range(
    std::int64_t begin, std::int64_t samples, std::int64_t layers) {
  RowRange range{.begin = begin, .end = begin + 1};
  while (range.end < samples &&
         RowRange{begin, range.end + 1}.elements() * layers <= kSliceElements) {
    ++range.end;
  }
  return range;
}

/// The elements of scale * C in `range`; those off the diagonal stand for two.
std::vector<double> slice(const ScaledGram& layer, RowRange range) {
  std::vector<double> elements(static_cast<std::size_t>(range.elements()));
  const double off_diagonal = std::numbers::sqrt2 * layer.scale;
  auto to = elements.begin();
  for (std::int64_t a = range.begin; a < range.end; ++a) {
    for (std::int64_t b = 0; b < a; ++b) {
      *to++ = layer.centring.at(layer.gram->products, a, b) * off_diagonal;
    }
    *to++ = layer.centring.at(layer.gram->products, a, a) * layer.scale;
  }
  return elements;
}

/// @param order  layers in the order of the rows of the result
/// @param needed  products between two rows from this one on are left out
Matrix slice_products(
    std::span<const ScaledGram* const> order,
    std::int64_t needed,
    RowRange range,
    int threads) {
  const int workers = threads > 0 ? threads : omp_get_max_threads();
  const std::int64_t count = std::ssize(order);
  std::vector<std::vector<double>> slices(order.size());
#pragma omp parallel for schedule(static) num_threads(workers)
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    slices[at] = slice(*order[at], range);
  }
  std::vector<const double*> rows(order.size());
  std::transform(
      slices.begin(), slices.end(), rows.begin(), [](const auto& elements) {
        return elements.data();
      });
  return row_products(rows, range.elements(), threads, needed);
}

/// True if products may be taken through the features: a zero diagonal has no
/// such form.
bool has_feature_form(const ScaledGram& layer) {
  return layer.gram->features.rows() > 0 &&
         layer.centring.kind != OrmKind::Unbiased;
}

/// F, or H F where the Gram matrix is centred.
Matrix centred_features(const ScaledGram& layer) {
  Matrix features = layer.gram->features;
  if (layer.centring.kind == OrmKind::Raw) {
    return features;
  }
  for (std::int64_t k = 0; k < features.columns(); ++k) {
    double mean = 0.0;
    for (std::int64_t n = 0; n < features.rows(); ++n) {
      mean += features(n, k);
    }
    mean /= static_cast<double>(features.rows());
    for (std::int64_t n = 0; n < features.rows(); ++n) {
      features(n, k) -= mean;
    }
  }
  return features;
}

/// |B^T A|_F^2 for A = [N, a], B = [N, b].
double squared_cross_norm(const Matrix& left, const Matrix& right) {
  double total = 0.0;
  for (std::int64_t k = 0; k < left.columns(); ++k) {
    for (std::int64_t m = 0; m < right.columns(); ++m) {
      double product = 0.0;
      for (std::int64_t n = 0; n < left.rows(); ++n) {
        product += left(n, k) * right(n, m);
      }
      total += product * product;
    }
  }
  return total;
}

/// Products between layers with few features.
Matrix feature_products(std::span<const ScaledGram* const> layers) {
  const std::int64_t count = std::ssize(layers);
  std::vector<Matrix> features;
  for (const ScaledGram* layer : layers) {
    features.push_back(centred_features(*layer));
  }
  Matrix products(count, count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto p = static_cast<std::size_t>(i);
    for (std::int64_t j = 0; j <= i; ++j) {
      const auto q = static_cast<std::size_t>(j);
      products(i, j) = squared_cross_norm(features[p], features[q]) *
                       layers[p]->scale * layers[q]->scale;
      products(j, i) = products(i, j);
    }
  }
  return products;
}

/// Products of all layers in `order`, of which those from `needed` on have the
/// feature form.
Matrix ordered_products(
    std::span<const ScaledGram* const> order,
    std::int64_t needed,
    int threads) {
  const std::int64_t count = std::ssize(order);
  const std::int64_t samples = order.front()->gram->samples();
  Matrix total(count, count);
  for (RowRange range{}; range.end < samples;) {
    range = next_range(range.end, samples, count);
    const Matrix part = slice_products(order, needed, range, threads);
    std::transform(
        part.elements().begin(),
        part.elements().end(),
        total.elements().begin(),
        total.elements().begin(),
        std::plus<>{});
  }
  const Matrix small =
      feature_products(order.subspan(static_cast<std::size_t>(needed)));
  for (std::int64_t i = needed; i < count; ++i) {
    for (std::int64_t j = needed; j < count; ++j) {
      total(i, j) = small(i - needed, j - needed);
    }
  }
  return total;
}

}  // namespace

Matrix scaled_products(std::span<const ScaledGram> layers, int threads) {
  std::vector<const ScaledGram*> order;
  for (const ScaledGram& layer : layers) {
    order.push_back(&layer);
  }
  const auto small = std::stable_partition(
      order.begin(), order.end(), [](const ScaledGram* layer) {
        return !has_feature_form(*layer);
      });
  const Matrix products =
      ordered_products(order, small - order.begin(), threads);
  Matrix result(products.rows(), products.columns());
  for (std::int64_t i = 0; i < result.rows(); ++i) {
    for (std::int64_t j = 0; j < result.columns(); ++j) {
      result(
          order[static_cast<std::size_t>(i)] - layers.data(),
          order[static_cast<std::size_t>(j)] - layers.data()) = products(i, j);
    }
  }
  return result;
}

}  // namespace ompq::detail
