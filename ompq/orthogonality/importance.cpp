// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/importance.h"

#include <cstddef>
#include <cstdint>

#include "ompq/core/error.h"

namespace ompq {

std::vector<double> orthogonality_gamma(const Matrix& orm) {
  OMPQ_CHECK(
      orm.rows() == orm.columns(),
      ErrorCode::ShapeMismatch,
      "[importance] the ORM matrix is [{}, {}]; expected a square matrix",
      orm.rows(),
      orm.columns());
  std::vector<double> gamma(static_cast<std::size_t>(orm.rows()), -1.0);
  for (std::int64_t i = 0; i < orm.rows(); ++i) {
    for (std::int64_t j = 0; j < orm.columns(); ++j) {
      gamma[static_cast<std::size_t>(i)] += orm(i, j);
    }
  }
  return gamma;
}

}  // namespace ompq
