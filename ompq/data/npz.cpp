// SPDX-License-Identifier: MIT
#include "ompq/data/npz.h"

#include <algorithm>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

constexpr std::string_view kSuffix = ".npy";

}  // namespace

NpzFile::NpzFile(const std::filesystem::path& path) : archive_(path) {
  for (const std::string& member : archive_.names()) {
    if (member.ends_with(kSuffix)) {
      names_.push_back(member.substr(0, member.size() - kSuffix.size()));
    }
  }
}

NpyArray NpzFile::read(const std::string& name) const {
  OMPQ_CHECK(
      std::ranges::find(names_, name) != names_.end(),
      ErrorCode::NotFound,
      "{}: no array '{}'; the arrays are {}",
      archive_.path(),
      name,
      fmt::join(names_, ", "));
  ZipMember member = archive_.read(name + std::string(kSuffix));
  return parse_npy(
      member.bytes,
      std::move(member.owner),
      fmt::format("{}[{}]", archive_.path(), name));
}

}  // namespace ompq
