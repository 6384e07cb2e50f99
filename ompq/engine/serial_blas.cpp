// SPDX-License-Identifier: MIT
#include "ompq/engine/serial_blas.h"

#include <dlfcn.h>

namespace ompq {
namespace {

using GetThreads = int (*)();
using SetThreads = void (*)(int);

/// A function of OpenBLAS, or nullptr: another library may stand in its place.
template <typename Function>
Function find_function(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

SerialBlas::SerialBlas() {
  const auto get = find_function<GetThreads>("openblas_get_num_threads");
  const auto set = find_function<SetThreads>("openblas_set_num_threads");
  if (get != nullptr && set != nullptr) {
    threads_before_ = get();
    set(1);
  }
}

SerialBlas::~SerialBlas() {
  const auto set = find_function<SetThreads>("openblas_set_num_threads");
  if (set != nullptr && threads_before_ > 0) {
    set(threads_before_);
  }
}

}  // namespace ompq
