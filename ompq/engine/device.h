// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"

namespace ompq {

/// Sets the number of threads that tensor operations use, for the whole
/// process. The distribution's libtorch starts with one.
///
/// @param threads  at least 1; 0 = one per processor this process may use
/// @return the number in force
OMPQ_API int set_threads(int threads);

}  // namespace ompq
