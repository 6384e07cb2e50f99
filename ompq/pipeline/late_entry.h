// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "ompq/pipeline/verify_export.h"

namespace ompq {

/// What a program finds in the library with tensors that it loads while it does
/// something else, instead of being linked to it.
struct LateEntry {
  /// kVersion of the library: another one has other types.
  std::string_view version;
  /// set_threads() and use_pooled_memory().
  void (*prepare)(int threads);
  /// verify_export()
  Verification (*verify)(
      const Graph& exported,
      const Graph& simulation,
      const std::string& where,
      const VerificationOptions& options);
};

}  // namespace ompq

/// Name to look for with dlsym().
extern "C" OMPQ_API const ompq::LateEntry ompq_late_entry;
