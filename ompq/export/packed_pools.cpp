// SPDX-License-Identifier: MIT
#include "ompq/export/packed_pools.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace ompq::detail {
namespace {

/// What the weights of a group have in common.
using Kind = std::tuple<DataType, Shape>;

/// Absent for weights that stay alone.
std::optional<Kind> kind_of(const PackedWeight& weight) {
  const PackedConstants& constants = weight.constants;
  if (constants.group_size > 0 || constants.axis.value_or(0) != 0) {
    return std::nullopt;
  }
  Shape rest = weight.shape;
  rest.front() = 0;
  return Kind{
      constants.base ? constants.base->type() : DataType::Float32, rest};
}

}  // namespace

std::vector<PackedPool> pool_weights(
    const std::vector<PackedWeight>& weights, bool has_groups) {
  std::map<int, std::vector<PackedGroup>> pools;
  std::map<std::tuple<int, Kind>, std::size_t> known;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const int bits = weights[i].constants.bits;
    std::vector<PackedGroup>& groups = pools[bits];
    const auto kind = has_groups ? kind_of(weights[i]) : std::nullopt;
    if (!kind) {
      groups.push_back({i});
      continue;
    }
    const auto [place, is_new] =
        known.try_emplace({bits, *kind}, groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[place->second].push_back(i);
  }
  std::vector<PackedPool> result;
  for (auto& [bits, groups] : pools) {
    result.push_back({.bits = bits, .groups = std::move(groups)});
  }
  return result;
}

Constant broadcast_numbers(
    const std::vector<PackedWeight>& weights,
    const PackedGroup& group,
    const std::vector<Constant>& numbers) {
  std::vector<double> all;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::vector<double> own = numbers[i].to_double();
    const auto rows = static_cast<std::size_t>(
        own.size() == 1 ? weights[group[i]].shape.front() : 1);
    for (std::size_t row = 0; row < rows; ++row) {
      all.insert(all.end(), own.begin(), own.end());
    }
  }
  const bool is_uniform = std::ranges::all_of(
      all, [&](double number) { return number == all.front(); });
  if (is_uniform) {
    return Constant::scalar<double>(all.front()).cast(numbers.front().type());
  }
  const PackedWeight& first = weights[group.front()];
  if (first.constants.group_size > 0) {
    return numbers.front();
  }
  Shape shape(first.shape.size(), 1);
  shape[static_cast<std::size_t>(first.constants.axis.value_or(0))] =
      static_cast<std::int64_t>(all.size());
  return Constant::from(all, std::move(shape)).cast(numbers.front().type());
}

}  // namespace ompq::detail
