// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/orm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/orthogonality/centring.h"
#include "ompq/orthogonality/orm_products.h"

namespace ompq {
namespace {

std::string layer_text(const OrmOptions& options, std::size_t layer) {
  return layer < options.layer_names.size()
             ? fmt::format("{} ('{}')", layer, options.layer_names[layer])
             : fmt::format("{}", layer);
}

void check_counts(
    std::span<const GramMatrix> grams, const OrmOptions& options) {
  OMPQ_CHECK(
      !grams.empty(),
      ErrorCode::InvalidArgument,
      "[orm] no layer; the network needs at least one quantizable layer");
  OMPQ_CHECK(
      options.layer_names.empty() || options.layer_names.size() == grams.size(),
      ErrorCode::InvalidArgument,
      "[orm] {} layer names for {} layers",
      options.layer_names.size(),
      grams.size());
  const std::int64_t samples = grams.front().samples();
  OMPQ_CHECK(
      samples >= minimum_samples(options.kind),
      ErrorCode::InvalidArgument,
      "[orm] {} sample(s); the {} metric needs at least {}: give more "
      "calibration inputs",
      samples,
      to_string(options.kind),
      minimum_samples(options.kind));
  for (std::size_t i = 0; i < grams.size(); ++i) {
    const Matrix& gram = grams[i].products;
    OMPQ_CHECK(
        gram.rows() == samples && gram.columns() == samples,
        ErrorCode::ShapeMismatch,
        "[orm] layer {}: Gram matrix of [{}, {}], expected [{}, {}] as for "
        "layer 0",
        layer_text(options, i),
        gram.rows(),
        gram.columns(),
        samples,
        samples);
  }
}

detail::ScaledGram scaled_gram(
    const GramMatrix& gram, const OrmOptions& options, std::size_t layer) {
  const auto& elements = gram.products.elements();
  OMPQ_CHECK(
      std::all_of(
          elements.begin(),
          elements.end(),
          [](double value) { return std::isfinite(value); }),
      ErrorCode::InvalidData,
      "[orm] layer {}: the Gram matrix holds NaN or infinity; check the "
      "weights and the preprocessing",
      layer_text(options, layer));
  detail::ScaledGram scaled{
      .gram = &gram,
      .centring = detail::centring_of(gram.products, options.kind),
      .scale = 0.0};
  const double norm = detail::centred_norm(gram.products, scaled.centring);
  OMPQ_CHECK(
      norm > 0.0,
      ErrorCode::Degenerate,
      "[orm] layer {}: its output is {}, so that its orthogonality is "
      "undefined; check its weights, or leave the layer out",
      layer_text(options, layer),
      options.kind == OrmKind::Raw ? "zero for all samples"
                                   : "the same for all samples");
  scaled.scale = 1.0 / norm;
  return scaled;
}

}  // namespace

std::int64_t minimum_samples(OrmKind kind) {
  return kind == OrmKind::Unbiased ? 4 : 2;
}

std::string_view to_string(OrmKind kind) {
  switch (kind) {
    case OrmKind::Raw:
      return "raw";
    case OrmKind::Centred:
      return "centred";
    case OrmKind::Unbiased:
      return "unbiased";
  }
  OMPQ_ASSERT(false, "all enumerators are named");
}

OrmKind parse_orm_kind(std::string_view text) {
  for (const OrmKind kind :
       {OrmKind::Raw, OrmKind::Centred, OrmKind::Unbiased}) {
    if (text == to_string(kind)) {
      return kind;
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "[orm] unknown metric '{}'; expected raw, centred or unbiased",
      text);
}

Matrix orm_matrix(
    std::span<const GramMatrix> grams, const OrmOptions& options) {
  check_counts(grams, options);
  std::vector<detail::ScaledGram> layers;
  layers.reserve(grams.size());
  for (std::size_t i = 0; i < grams.size(); ++i) {
    layers.push_back(scaled_gram(grams[i], options, i));
  }
  Matrix orm = detail::scaled_products(layers, options.threads);
  // Rounding may leave the range by a few units in the last place.
  const double low = options.kind == OrmKind::Unbiased ? -1.0 : 0.0;
  for (double& value : orm.elements()) {
    value = std::clamp(value, low, 1.0);
  }
  for (std::int64_t i = 0; i < orm.rows(); ++i) {
    orm(i, i) = 1.0;
  }
  return orm;
}

}  // namespace ompq
