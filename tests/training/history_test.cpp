// SPDX-License-Identifier: MIT
#include "ompq/training/history.h"

#include <gtest/gtest.h>

namespace ompq {
namespace {

EpochRow epoch(
    std::int64_t number, double loss, std::optional<double> accuracy) {
  return {
      .epoch = number,
      .steps = number * 10,
      .training = {.loss = 1.0 / 3.0},
      .validation = PassScore{.loss = loss, .accuracy = accuracy}};
}

TEST(History, ComesBackBitForBit) {
  const History history{
      .steps =
          {{.step = 1,
            .learning_rate = 0.1 / 3.0,
            .training = {.loss = 2.0 / 7.0, .accuracy = 5.0 / 11.0},
            .gradient_norm = 1e-300}},
      .epochs = {epoch(1, 0.1, 0.7), epoch(2, 1.0 / 9.0, std::nullopt)}};
  const Json json = Json::parse(to_json(history).dump());
  EXPECT_EQ(
      read_history(JsonReader(json, "history", ErrorCode::InvalidFile)),
      history);
}

TEST(History, PrefersAccuracyThenLossThenTheLast) {
  History history{
      .steps = {},
      .epochs = {epoch(1, 0.5, 0.8), epoch(2, 0.1, 0.7), epoch(3, 0.4, 0.8)}};
  EXPECT_EQ(best_epoch(history), 2U);
  history.epochs.push_back(epoch(4, 0.4, 0.8));
  EXPECT_EQ(best_epoch(history), 3U);
  history.epochs.push_back(epoch(5, 0.45, 0.8));
  EXPECT_EQ(best_epoch(history), 3U);
}

TEST(History, PrefersTheLeastLossWithoutLabels) {
  const History history{
      .steps = {},
      .epochs = {epoch(1, 0.5, {}), epoch(2, 0.1, {}), epoch(3, 0.4, {})}};
  EXPECT_EQ(best_epoch(history), 1U);
}

TEST(History, PrefersTheLastWithoutValidation) {
  History history;
  EXPECT_EQ(best_epoch(history), std::nullopt);
  history.epochs = {epoch(1, 0.1, {}), epoch(2, 0.5, {})};
  for (EpochRow& row : history.epochs) {
    row.validation.reset();
  }
  EXPECT_EQ(best_epoch(history), 1U);
}

TEST(History, WritesTables) {
  History history{
      .steps =
          {{.step = 1,
            .learning_rate = 0.5,
            .training = {.loss = 2.0, .accuracy = 0.25},
            .gradient_norm = 3.0}},
      .epochs = {epoch(1, 0.5, 0.75)}};
  history.epochs[0].training = {.loss = 2.0, .accuracy = 0.25};
  EXPECT_EQ(
      steps_csv(history),
      "step,learning_rate,loss,accuracy,gradient_norm\n1,0.5,2,0.25,3\n");
  EXPECT_EQ(
      epochs_csv(history),
      "epoch,steps,loss,accuracy,validation_loss,validation_accuracy\n"
      "1,10,2,0.25,0.5,0.75\n");
  history.epochs[0].validation.reset();
  EXPECT_NE(epochs_csv(history).find("1,10,2,0.25,,\n"), std::string::npos);
}

}  // namespace
}  // namespace ompq
