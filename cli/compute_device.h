// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/pipeline/run_options.h"

namespace ompq {

/// Prepares tensor operations as the options say.
///
/// @return the number of threads in force
/// @throws Error{Unsupported}  a device that this build does not have
int use_device(const RunOptions& options);

}  // namespace ompq
