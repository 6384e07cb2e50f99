// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/pipeline/run_options.h"

namespace ompq {

/// @throws Error{Unsupported}  a device that this build does not have
void check_device(const RunOptions& options);

}  // namespace ompq
