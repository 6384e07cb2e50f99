// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace ompq {

/// What a study compares.
struct StudyOptions {
  /// Budgets, in bits per weight.
  std::vector<double> averages{2.5, 3.0, 4.0};
  /// Random plans at each budget.
  std::int64_t plans = 16;
  /// Also measure the plans of the scores after a reconstruction.
  bool reconstruct = false;
  /// Settings of the paper's score besides the scores.
  bool ablations = false;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        averages,
        {.name = "averages",
         .help = "budgets, in bits per weight",
         .low = 1,
         .high = 16,
         .placeholder = "BITS,BITS,..."});
    visit(
        plans,
        {.name = "plans",
         .help = "random plans at each budget that the scores have to order",
         .low = 4,
         .high = 10000});
    visit(
        reconstruct,
        {.name = "reconstruct",
         .help = "also measure the scores' plans after a reconstruction as by "
                 "'ompq quantize --effort fast'"});
    visit(
        ablations,
        {.name = "ablations",
         .help = "also compare the settings of the paper's score: decreasing "
                 "function, beta, granularity, estimate, number of images"});
  }
};

}  // namespace ompq
