// SPDX-License-Identifier: MIT
#include "cli/compute_device.h"

#include "ompq/core/error.h"
#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"

namespace ompq {

int use_device(const RunOptions& options) {
  OMPQ_CHECK(
      options.device == DeviceKind::Cpu,
      ErrorCode::Unsupported,
      "--device cuda: this build computes on the CPU only");
  use_pooled_memory();
  return set_threads(static_cast<int>(options.threads));
}

}  // namespace ompq
