// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "ompq/core/json_file.h"
#include "ompq/pipeline/sweep.h"

namespace ompq {

/// A front for people: a row for each plan that differs from the one before,
/// and a mark at the chosen one; at most `width` columns wide.
[[nodiscard]] std::string to_text(
    const Front& front, std::size_t picked, std::int64_t width);

/// A front as JSON: for each point its budget, what its plan has, how good it
/// is, and the width of every layer.
[[nodiscard]] Json to_json(const Front& front, std::size_t picked);

}  // namespace ompq
