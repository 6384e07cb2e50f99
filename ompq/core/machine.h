// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/units.h"

namespace ompq {

/// What a run was measured on, as far as the system tells.
struct Machine {
  /// Name of the processor, "" where the system does not say.
  std::string processor;
  /// Processors that this process may use.
  int cores = 0;
  Bytes memory;
  /// "Linux 6.1.0 x86_64".
  std::string system;
};

/// The machine that this process runs on.
[[nodiscard]] OMPQ_API Machine describe_machine();

/// "processor", "cores", "memory_bytes", "system".
[[nodiscard]] OMPQ_API Json to_json(const Machine& machine);

/// Now, in UTC, in the form 2026-01-31T12:00:00Z.
[[nodiscard]] OMPQ_API std::string time_now();

}  // namespace ompq
