// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Levenshtein distance: the smallest number of characters to insert, delete
/// or replace that turns `a` into `b`. Upper and lower case count as equal.
[[nodiscard]] OMPQ_API std::size_t edit_distance(
    std::string_view a, std::string_view b);

/// The names that look most like `name`, best first; equally good ones in the
/// order given. A name that contains `name`, or is contained in it, counts as
/// half as far away; names that share less than half are left out.
///
/// @param limit  largest number of names returned
[[nodiscard]] OMPQ_API std::vector<std::string> nearest_names(
    std::string_view name,
    std::span<const std::string> candidates,
    std::size_t limit = 3);

/// A remedy for an unknown name: "; did you mean 'conv1' or 'conv2'?", or an
/// empty text if nothing is near.
[[nodiscard]] OMPQ_API std::string did_you_mean(
    std::string_view name, std::span<const std::string> candidates);

}  // namespace ompq
