// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/quantization/fake_quantize.h"

#include "fake_quantize_reference.h"

namespace ompq {
namespace {

TEST(FakeQuantizeGradient, EqualsThePlainFormulaOnEveryGridAndInstructionSet) {
  test::on_every_instruction_set([] {
    for (FakeQuantize f : test::all_grids()) {
      const auto x = test::samples_about(f, 2003, 1);
      const auto dy = test::random_gradient(x.size(), 2);
      f.low = -2.3F * f.parameters.scale;
      std::vector<float> dx(x.size());
      const double dscale = fake_quantize_gradient(f, x, dy, dx);
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const float c = test::plain_clamp(f, x[i]);
        const double q = test::plain_unsaturated(f, c);
        const bool is_inside = q >= f.grid.lowest() && q <= f.grid.highest();
        const bool passes = is_inside && x[i] > f.low && x[i] < f.high;
        ASSERT_EQ(dx[i], passes ? dy[i] : 0.0F) << x[i];
        if (!std::isnan(x[i])) {
          const double v = test::plain_code(f, c) - f.parameters.zero_point;
          const double quotient =
              static_cast<double>(c) / static_cast<double>(f.parameters.scale);
          const double term =
              static_cast<double>(dy[i]) * (is_inside ? v - quotient : v);
          expected += term;
          size += std::abs(term);
        }
      }
      ASSERT_NEAR(dscale, expected, 1e-6 * size) << f.grid.bits;
    }
  });
}

}  // namespace
}  // namespace ompq
