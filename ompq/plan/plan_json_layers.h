// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/json_file.h"
#include "ompq/plan/plan.h"

namespace ompq::detail {

/// The number in member `key`; absent if the member is missing or null.
[[nodiscard]] std::optional<double> read_optional_number(
    const JsonReader& object, const std::string& key);

/// A count of things in member `key`, [0, kMaxLayerCount].
[[nodiscard]] std::int64_t read_count(
    const JsonReader& object, const std::string& key);

/// The members `weight_bits` and `activation_bits` of an object.
[[nodiscard]] LayerBits read_bits(const JsonReader& object);

/// The array `layers` of a plan.
///
/// @throws Error  as the reader says: a field is wrong, or a name stands twice
[[nodiscard]] std::vector<PlanLayer> read_plan_layers(const JsonReader& json);

}  // namespace ompq::detail
