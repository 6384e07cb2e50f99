// SPDX-License-Identifier: MIT
#include "cli/compute_device.h"

#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"

#include "cli/check_device.h"

namespace ompq {

int use_device(const RunOptions& options) {
  check_device(options);
  use_pooled_memory();
  return set_threads(static_cast<int>(options.threads));
}

}  // namespace ompq
