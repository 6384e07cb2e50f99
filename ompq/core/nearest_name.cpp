// SPDX-License-Identifier: MIT
#include "ompq/core/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace ompq {
namespace {

char lower(char letter) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return lower(c);
  });
  return result;
}

bool contains(const std::string& text, const std::string& part) {
  return !part.empty() && text.find(part) != std::string::npos;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced =
          diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest_names(
    std::string_view name,
    std::span<const std::string> candidates,
    std::size_t limit) {
  const std::string wanted = lower(name);
  std::vector<std::pair<std::size_t, std::size_t>> ranked;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string candidate = lower(candidates[i]);
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    std::size_t distance = edit_distance(wanted, candidate);
    const bool overlaps =
        contains(candidate, wanted) || contains(wanted, candidate);
    if (2 * distance <= longer || overlaps) {
      // A name typed in part should beat one that is similar by chance.
      ranked.emplace_back(overlaps ? distance / 2 : distance, i);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end());
  std::vector<std::string> names;
  for (const auto& [distance, index] : ranked) {
    if (names.size() == limit) {
      break;
    }
    names.push_back(candidates[index]);
  }
  return names;
}

std::string did_you_mean(
    std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string> names = nearest_names(name, candidates);
  if (names.empty()) {
    return "";
  }
  std::string text = fmt::format("; did you mean '{}'", names.front());
  for (std::size_t i = 1; i < names.size(); ++i) {
    text +=
        fmt::format("{} '{}'", i + 1 == names.size() ? " or" : ",", names[i]);
  }
  return text + "?";
}

}  // namespace ompq
