// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// X [T, N, I] (layout 0) or [N, T, I] (layout 1), W [D, gates H, I],
/// R [D, gates H, H].
std::vector<ValueFacts> recurrent(
    const NodeFacts& facts, std::int64_t gates, std::size_t outputs) {
  const Shape& input = facts.shape(0);
  const Shape& recurrence = facts.shape(2);
  if (input.size() != 3 || facts.rank(1) != 3 || recurrence.size() != 3) {
    facts.mismatch("X, W and R must have rank 3");
  }
  const std::int64_t directions = recurrence[0];
  const std::int64_t hidden = recurrence[2];
  const bool batch_first = facts.node().integer("layout", 0) != 0;
  if (facts.shape(1) != Shape{directions, gates * hidden, input[2]} ||
      recurrence[1] != gates * hidden ||
      facts.node().integer("hidden_size", hidden) != hidden ||
      directions !=
          (facts.node().text("direction", "forward") == "bidirectional" ? 2
                                                                        : 1)) {
    facts.mismatch(fmt::format(
        "W must be [D, {0} H, {1}] and R [D, {0} H, H]", gates, input[2]));
  }
  const std::int64_t steps = input[batch_first ? 1 : 0];
  const std::int64_t samples = input[batch_first ? 0 : 1];
  const Shape all = batch_first ? Shape{samples, steps, directions, hidden}
                                : Shape{steps, directions, samples, hidden};
  const Shape last = batch_first ? Shape{samples, directions, hidden}
                                 : Shape{directions, samples, hidden};
  std::vector<ValueFacts> result(outputs, {facts.type(0), last, {}});
  result[0].shape = all;
  return result;
}

std::vector<ValueFacts> lstm(const NodeFacts& facts) {
  return recurrent(facts, 4, 3);
}

std::vector<ValueFacts> gru(const NodeFacts& facts) {
  return recurrent(facts, 3, 2);
}

std::vector<ValueFacts> rnn(const NodeFacts& facts) {
  return recurrent(facts, 1, 2);
}

}  // namespace

ShapeRules recurrent_shape_rules() {
  return {{"LSTM", lstm}, {"GRU", gru}, {"RNN", rnn}};
}

}  // namespace ompq
