// SPDX-License-Identifier: MIT
#include "cli/measurement_options.h"

#include "ompq/core/error.h"

#include "cli/existing_path.h"

namespace ompq {

void check_measurement(
    const MeasurementOptions& options, bool needed, std::string_view command) {
  OMPQ_CHECK(
      !options.calib || !options.reuse,
      ErrorCode::InvalidArgument,
      "--calib and --reuse exclude each other");
  OMPQ_CHECK(
      options.calib || options.reuse || !needed,
      ErrorCode::InvalidArgument,
      "--calib is missing: a few images like those the network will see; see "
      "'ompq help {}'",
      command);
  static_cast<void>(to_preprocessing(options.preprocess));
  if (options.calib) {
    check_exists(*options.calib, "--calib");
  }
  if (options.reuse) {
    check_exists(*options.reuse, "--reuse");
  }
}

}  // namespace ompq
