// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"

namespace ompq {

/// While it lives, OpenBLAS (if that is what libtorch calls) computes in the
/// calling thread only.
///
/// OpenBLAS has threads of its own that spin for a while after every product.
/// Between operations of libtorch and oneDNN, which use OpenMP, they take the
/// cores away from them; many small factorisations then take many times as
/// long as with one thread. Work that is large enough is shared among OpenMP's
/// threads by the caller.
class OMPQ_API SerialBlas {
 public:
  SerialBlas();
  ~SerialBlas();
  SerialBlas(const SerialBlas&) = delete;
  SerialBlas& operator=(const SerialBlas&) = delete;

 private:
  int threads_before_ = 0;
};

}  // namespace ompq
