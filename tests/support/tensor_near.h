// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace ompq {

/// How far two tensors may be apart: |a - b| <= absolute + relative |b|.
struct Tolerance {
  double relative = 1e-5;
  double absolute = 1e-6;
};

/// True if `actual` has the type, shape and, within the tolerance, elements of
/// `expected`; NaN equals NaN. Otherwise names the first mismatch.
inline testing::AssertionResult tensor_near(
    const at::Tensor& actual,
    const at::Tensor& expected,
    const Tolerance& tolerance = {}) {
  if (!actual.defined()) {
    return testing::AssertionFailure() << "no tensor";
  }
  if (actual.scalar_type() != expected.scalar_type()) {
    return testing::AssertionFailure()
           << "type " << actual.scalar_type() << ", expected "
           << expected.scalar_type();
  }
  if (actual.sizes() != expected.sizes()) {
    return testing::AssertionFailure()
           << "shape " << actual.sizes() << ", expected " << expected.sizes();
  }
  const at::Tensor a = actual.detach().to(at::kDouble).reshape({-1});
  const at::Tensor b = expected.detach().to(at::kDouble).reshape({-1});
  const at::Tensor close = at::isclose(
      a, b, tolerance.relative, tolerance.absolute, /*equal_nan=*/true);
  if (close.all().item<bool>()) {
    return testing::AssertionSuccess();
  }
  const at::Tensor wrong = at::nonzero(close.logical_not()).reshape({-1});
  const auto first = wrong[0].item<std::int64_t>();
  return testing::AssertionFailure()
         << wrong.numel() << " of " << a.numel() << " elements differ, first "
         << first << " (flat): " << a[first].item<double>() << ", expected "
         << b[first].item<double>();
}

}  // namespace ompq
