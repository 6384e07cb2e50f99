// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"

#include "cli/evaluation_options.h"
#include "cli/existing_path.h"

namespace ompq {

void check_evaluation(const EvaluationOptions& evaluation) {
  const bool has_details = evaluation.labels || evaluation.samples > 0 ||
                           evaluation.resize || evaluation.crop;
  OMPQ_CHECK(
      evaluation.data || !has_details,
      ErrorCode::InvalidArgument,
      "--eval is missing: other --eval options say how to read its data");
  if (evaluation.data) {
    check_exists(*evaluation.data, "--eval");
  }
  if (evaluation.labels) {
    check_exists(*evaluation.labels, "--eval-labels");
  }
}

}  // namespace ompq
