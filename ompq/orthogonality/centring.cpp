// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/centring.h"

#include <cmath>
#include <cstddef>

namespace ompq::detail {
namespace {

/// Sums in blocks of 1,024 float32 terms leave errors of about 1e-7 of the
/// Gram matrix; what is not well above them is noise.
constexpr double kRounding = 1e-6;

/// Sum of row a, without its diagonal element if `hollow`.
double row_sum(const Matrix& gram, std::int64_t a, bool hollow) {
  double sum = hollow ? -gram(a, a) : 0.0;
  for (std::int64_t b = 0; b < gram.columns(); ++b) {
    sum += gram(a, b);
  }
  return sum;
}

}  // namespace

Centring centring_of(const Matrix& gram, OrmKind kind) {
  const std::int64_t samples = gram.rows();
  Centring centring{
      .kind = kind,
      .row = std::vector<double>(static_cast<std::size_t>(samples), 0.0),
      .grand = 0.0};
  if (kind == OrmKind::Raw) {
    return centring;
  }
  const bool hollow = kind == OrmKind::Unbiased;
  const auto n = static_cast<double>(samples);
  const double row_terms = hollow ? n - 2.0 : n;
  const double all_terms = hollow ? (n - 1.0) * (n - 2.0) : n * n;
  double total = 0.0;
  for (std::int64_t a = 0; a < samples; ++a) {
    const double sum = row_sum(gram, a, hollow);
    centring.row[static_cast<std::size_t>(a)] = sum / row_terms;
    total += sum;
  }
  centring.grand = total / all_terms;
  return centring;
}

double centred_norm(const Matrix& gram, const Centring& centring) {
  double centred = 0.0;
  double plain = 0.0;
  for (std::int64_t a = 0; a < gram.rows(); ++a) {
    for (std::int64_t b = 0; b <= a; ++b) {
      const double times = a == b ? 1.0 : 2.0;
      const double value = centring.at(gram, a, b);
      centred += times * value * value;
      plain += times * gram(a, b) * gram(a, b);
    }
  }
  const double norm = std::sqrt(centred);
  return norm > kRounding * std::sqrt(plain) ? norm : 0.0;
}

}  // namespace ompq::detail
