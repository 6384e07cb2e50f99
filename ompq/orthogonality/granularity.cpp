// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/granularity.h"

#include <cstddef>
#include <unordered_map>

#include "ompq/core/error.h"

namespace ompq {

std::string_view to_string(Granularity granularity) {
  switch (granularity) {
    case Granularity::Layer:
      return "layer";
    case Granularity::Block:
      return "block";
    case Granularity::Stage:
      return "stage";
    case Granularity::Net:
      return "net";
  }
  OMPQ_ASSERT(false, "all enumerators are named");
}

Granularity parse_granularity(std::string_view text) {
  for (const Granularity granularity :
       {Granularity::Layer,
        Granularity::Block,
        Granularity::Stage,
        Granularity::Net}) {
    if (text == to_string(granularity)) {
      return granularity;
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "[granularity] unknown granularity '{}'; expected layer, block, stage or "
      "net",
      text);
}

std::vector<double> share_within_groups(
    std::span<const double> gamma, std::span<const int> groups) {
  OMPQ_CHECK(
      gamma.size() == groups.size(),
      ErrorCode::ShapeMismatch,
      "[granularity] {} values of gamma, but {} group numbers",
      gamma.size(),
      groups.size());
  struct Group {
    double total = 0.0;
    int members = 0;
  };
  std::unordered_map<int, Group> totals;
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    Group& group = totals[groups[i]];
    group.total += gamma[i];
    ++group.members;
  }
  std::vector<double> shared;
  shared.reserve(gamma.size());
  for (const int number : groups) {
    const Group& group = totals[number];
    shared.push_back(group.total / group.members);
  }
  return shared;
}

}  // namespace ompq
