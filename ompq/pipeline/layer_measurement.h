// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "ompq/orthogonality/orthogonality.h"
#include "ompq/sensitivity/score.h"

namespace ompq {

/// What is known of the layers of a model; a score needs a part of it.
struct LayerMeasurement {
  std::optional<Orthogonality> orthogonality;
  /// What `errors` are; absent = there are none.
  std::optional<ErrorKind> error_kind;
  LayerErrors errors;
  /// Errors of activation widths; empty = not measured.
  LayerErrors activation_errors;
  /// Images that were measured; 0 = the score needs none.
  std::int64_t samples = 0;
};

}  // namespace ompq
