// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/layer_moments.h"

#include <tuple>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

/// Mean of a b' over positions, [G, P, K] each, in float64.
at::Tensor mean_product(const at::Tensor& a, const at::Tensor& b) {
  return at::bmm(a.to(at::kDouble).transpose(1, 2), b.to(at::kDouble)) /
         static_cast<double>(a.size(1));
}

at::Tensor without_mean(const at::Tensor& a) {
  return a.to(at::kDouble) - a.to(at::kDouble).mean(1, true);
}

/// Groups and threads.
class LayerMomentsTest
    : public testing::TestWithParam<std::tuple<std::int64_t, int>> {
 protected:
  LayerMomentsTest() : threads_before_(at::get_num_threads()) {
    at::set_num_threads(std::get<1>(GetParam()));
    at::manual_seed(3);
    const std::int64_t groups = std::get<0>(GetParam());
    float_patches_ = at::randn({groups, 301, 9}) + 2.0;
    quantized_patches_ = at::round(float_patches_ * 2) / 2;
  }
  ~LayerMomentsTest() override { at::set_num_threads(threads_before_); }

  [[nodiscard]] LayerMoments moments(bool centre) const {
    MomentSum sum;
    sum.add(
        quantized_patches_.narrow(1, 0, 200).contiguous(),
        float_patches_.narrow(1, 0, 200).contiguous());
    sum.add(
        quantized_patches_.narrow(1, 200, 101).contiguous(),
        float_patches_.narrow(1, 200, 101).contiguous());
    return sum.moments(centre);
  }

  at::Tensor float_patches_;
  at::Tensor quantized_patches_;

 private:
  int threads_before_;
};

TEST_P(LayerMomentsTest, AreThoseOfFloat64) {
  const LayerMoments result = moments(false);

  EXPECT_EQ(result.positions, 301);
  EXPECT_FALSE(result.is_centred);
  EXPECT_TRUE(tensor_near(
      result.hessian, mean_product(quantized_patches_, quantized_patches_)));
  EXPECT_TRUE(tensor_near(
      result.cross, mean_product(quantized_patches_, float_patches_)));
  EXPECT_TRUE(
      tensor_near(result.float_mean, float_patches_.to(at::kDouble).mean(1)));
  EXPECT_TRUE(tensor_near(
      result.quantized_mean, quantized_patches_.to(at::kDouble).mean(1)));
}

TEST_P(LayerMomentsTest, AreThoseOfFloat64WithoutTheMeans) {
  const LayerMoments result = moments(true);

  const at::Tensor q = without_mean(quantized_patches_);
  EXPECT_TRUE(result.is_centred);
  EXPECT_TRUE(tensor_near(result.hessian, mean_product(q, q), {1e-5, 1e-5}));
  EXPECT_TRUE(tensor_near(
      result.cross,
      mean_product(q, without_mean(float_patches_)),
      {1e-5, 1e-5}));
}

TEST_P(LayerMomentsTest, AreExactForNumbersThatHardlyVary) {
  float_patches_ = float_patches_ * 1e-2 + 500.0;
  quantized_patches_ = float_patches_ + 0.25;

  const LayerMoments result = moments(true);

  const at::Tensor q = without_mean(quantized_patches_);
  EXPECT_TRUE(tensor_near(result.hessian, mean_product(q, q), {1e-3, 1e-7}));
  EXPECT_TRUE(tensor_near(
      result.cross,
      mean_product(q, without_mean(float_patches_)),
      {1e-3, 1e-7}));
}

INSTANTIATE_TEST_SUITE_P(
    GroupsAndThreads,
    LayerMomentsTest,
    testing::Combine(testing::Values(1, 4), testing::Values(1, 2)));

}  // namespace
}  // namespace ompq
