// SPDX-License-Identifier: MIT
#include "ompq/pipeline/late_entry.h"

#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"
#include "ompq/version.h"

namespace ompq {
namespace {

void prepare(int threads) {
  use_pooled_memory();
  static_cast<void>(set_threads(threads));
}

}  // namespace
}  // namespace ompq

extern "C" const ompq::LateEntry ompq_late_entry{
    .version = ompq::kVersion,
    .prepare = ompq::prepare,
    .verify = ompq::verify_export};
