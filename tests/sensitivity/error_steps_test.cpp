// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "ompq/sensitivity/layer_errors.h"

#include "tests/cli/small_network.h"

#include "scored_network.h"

namespace ompq {
namespace {

/// Remembers how far a stage said it was.
class StepLog : public Observer {
 public:
  void advance(std::int64_t done) override {
    EXPECT_GE(done, last_);
    last_ = done;
  }

  [[nodiscard]] std::int64_t last() const { return last_; }

 private:
  std::int64_t last_ = 0;
};

/// A bar never goes back, and its estimate ends where the work ends.
TEST(ErrorSteps, AreCountedUpToTheLastOne) {
  const PreparedModel model = scored_model(small_network());
  for (const ErrorKind kind :
       {ErrorKind::Output,
        ErrorKind::Fisher,
        ErrorKind::Taylor,
        ErrorKind::Hessian,
        ErrorKind::Divergence}) {
    const LayerErrorOptions options = errors_of(model, kind, {2, 4, 8});
    StepLog log;

    static_cast<void>(measure_error_tables(
        model, random_images({3, 8, 8}, 6, 4), options, log));

    const std::int64_t total = error_steps(options, 6);
    const auto layers = static_cast<std::int64_t>(options.widths.size());
    EXPECT_LE(log.last(), total) << static_cast<int>(kind);
    EXPECT_GE(log.last(), total - layers) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace ompq
