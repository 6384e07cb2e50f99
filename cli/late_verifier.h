// SPDX-License-Identifier: MIT
#pragma once

#include <future>

#include "ompq/pipeline/verify_export.h"

namespace ompq {

struct LateEntry;

/// verify_export() in a program without tensors: their library, which takes
/// over half a second to load, is loaded in a thread meanwhile. For programs
/// that end with std::_Exit(), as it may still be loading then.
class LateVerifier {
 public:
  /// Begins to load.
  ///
  /// @param threads  to compute with, 0 = one for each processor
  explicit LateVerifier(int threads);

  /// Waits for the library, then verify_export().
  ///
  /// @throws Error{NotFound}  the library is missing, of another version, or
  ///                          one of those that it needs is
  /// @throws as verify_export()
  Verification operator()(
      const Graph& exported,
      const Graph& simulation,
      const std::string& where,
      const VerificationOptions& options);

 private:
  std::shared_future<const LateEntry*> entry_;
};

}  // namespace ompq
