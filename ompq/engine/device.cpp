// SPDX-License-Identifier: MIT
#include "ompq/engine/device.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <sched.h>

namespace ompq {

int set_threads(int threads) {
  if (threads < 1) {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    const bool known = sched_getaffinity(0, sizeof(allowed), &allowed) == 0;
    threads = known ? std::max(1, CPU_COUNT(&allowed)) : 1;
  }
  at::set_num_threads(threads);
  return threads;
}

}  // namespace ompq
