// SPDX-License-Identifier: MIT
#include "ompq/training/training_loss.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

constexpr std::int64_t kClasses = 4;
constexpr std::int64_t kExamples = 5;

at::Tensor some_scores(std::uint64_t seed) {
  at::manual_seed(seed);
  return at::randn({kExamples, kClasses}) * 3;
}

at::Tensor some_labels() {
  return at::tensor({0, 3, 1, 1, 2}, at::kLong);
}

/// log softmax(scores / temperature), in float64.
at::Tensor logs(const at::Tensor& scores, double temperature = 1.0) {
  const at::Tensor s = scores.to(at::kDouble) / temperature;
  return s - at::log(at::exp(s).sum(1, true));
}

double cross_entropy(const at::Tensor& scores, double smoothing) {
  const at::Tensor hard = at::one_hot(some_labels(), kClasses).to(at::kDouble);
  const at::Tensor target =
      hard * (1 - smoothing) + smoothing / static_cast<double>(kClasses);
  return -(target * logs(scores)).sum().item<double>() / kExamples;
}

double divergence(
    const at::Tensor& scores, const at::Tensor& teacher, double temperature) {
  const at::Tensor target = logs(teacher, temperature);
  return temperature * temperature *
         (at::exp(target) * (target - logs(scores, temperature)))
             .sum()
             .item<double>() /
         kExamples;
}

TEST(TrainingLoss, IsTheSmoothedCrossEntropy) {
  const at::Tensor scores = some_scores(1);
  for (const double smoothing : {0.0, 0.1}) {
    const at::Tensor loss = training_loss(
        scores,
        {.labels = some_labels(), .teacher = {}},
        {.label_smoothing = smoothing});
    EXPECT_NEAR(loss.item<double>(), cross_entropy(scores, smoothing), 1e-5);
  }
}

TEST(TrainingLoss, MixesLabelsAndTeacher) {
  const at::Tensor scores = some_scores(1);
  const at::Tensor teacher = some_scores(2);
  const at::Tensor loss = training_loss(
      scores,
      {.labels = some_labels(), .teacher = teacher},
      {.label_smoothing = 0.1, .distillation = 0.3, .temperature = 2.5});
  EXPECT_NEAR(
      loss.item<double>(),
      0.7 * cross_entropy(scores, 0.1) + 0.3 * divergence(scores, teacher, 2.5),
      1e-4);
}

TEST(TrainingLoss, IsAllTeacherWithoutLabels) {
  const at::Tensor scores = some_scores(1);
  const at::Tensor teacher = some_scores(2);
  const at::Tensor loss = training_loss(
      scores, {.labels = {}, .teacher = teacher}, {.distillation = 0.3});
  EXPECT_NEAR(loss.item<double>(), divergence(scores, teacher, 4.0), 1e-4);
}

TEST(TrainingLoss, IsZeroForTheTeacherItself) {
  const at::Tensor scores = some_scores(1);
  const at::Tensor loss =
      training_loss(scores, {.labels = {}, .teacher = scores}, {});
  EXPECT_NEAR(loss.item<double>(), 0.0, 1e-6);
}

TEST(TrainingLoss, NeedsSomethingToLearnFrom) {
  expect_error(ErrorCode::InvalidArgument, "neither labels nor", [] {
    static_cast<void>(training_loss(some_scores(1), {}, {}));
  });
}

}  // namespace
}  // namespace ompq
