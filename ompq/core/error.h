// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "ompq/core/export.h"

namespace ompq {

/// What went wrong, as far as a caller can act on it.
enum class ErrorCode {
  /// A bug of ompq: a state that no input should reach.
  Internal,
  /// An option or argument has a value outside its range.
  InvalidArgument,
  /// A file or folder does not exist or may not be read.
  NotFound,
  /// A file is not of the format it should have, or is damaged.
  InvalidFile,
  /// A model file is readable, but describes no valid network.
  InvalidModel,
  /// Calibration or evaluation data do not fit the network or are damaged.
  InvalidData,
  /// A plan does not fit the model or has an invalid field.
  InvalidPlan,
  /// The shapes of two things that must agree differ.
  ShapeMismatch,
  /// A quantity is undefined for these data (a constant layer output, say).
  Degenerate,
  /// A result could not be written.
  OutputFailed,
  /// No solution satisfies the constraints.
  Infeasible,
  /// Valid, but not supported by ompq.
  Unsupported,
  /// The user interrupted the run.
  Interrupted,
};

/// Exit status of the program for an error: 1 bug, 2 usage, 3 input or output,
/// 4 infeasible, 5 unsupported, 130 interrupted.
[[nodiscard]] OMPQ_API int exit_code(ErrorCode code);

/// Name of the enumerator, e.g. "InvalidModel".
[[nodiscard]] OMPQ_API std::string_view to_string(ErrorCode code);

/// The one exception of the library.
///
/// The message names the stage in brackets, then the file, node or field, the
/// value found and, where there is one, the remedy:
/// `[fold_batch_norm] node 'bn_3': expected mean of shape [64], got [32]`.
class OMPQ_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}

  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Throws Error{code} with a formatted message. Use OMPQ_CHECK for conditions.
template <typename... Args>
[[noreturn]] void fail(
    ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace ompq

/// Throws ompq::Error{code} with a formatted message unless `condition` holds.
#define OMPQ_CHECK(condition, code, ...) \
  do {                                   \
    if (!(condition)) {                  \
      ::ompq::fail((code), __VA_ARGS__); \
    }                                    \
  } while (false)

/// States what must hold after validation; a failure is a bug of ompq.
#define OMPQ_ASSERT(condition, reason)                              \
  OMPQ_CHECK(                                                       \
      condition,                                                    \
      ::ompq::ErrorCode::Internal,                                  \
      "[internal] {}:{}: {} does not hold: {}; please report this", \
      __FILE__,                                                     \
      __LINE__,                                                     \
      #condition,                                                   \
      reason)
