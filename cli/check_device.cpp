// SPDX-License-Identifier: MIT
#include "cli/check_device.h"

#include "ompq/core/error.h"

namespace ompq {

void check_device(const RunOptions& options) {
  OMPQ_CHECK(
      options.device == DeviceKind::Cpu,
      ErrorCode::Unsupported,
      "--device cuda: this build computes on the CPU only");
}

}  // namespace ompq
