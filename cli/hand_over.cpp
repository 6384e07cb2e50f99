// SPDX-License-Identifier: MIT
#include "cli/hand_over.h"

#include <array>

#include <unistd.h>

#include "ompq/core/error.h"

#include "cli/become.h"
#include "cli/spinning.h"

namespace ompq {
namespace {

constexpr const char* kComputeProgram = "ompq-compute";

}  // namespace

std::optional<std::filesystem::path> find_compute_program(
    const std::filesystem::path& own_path) {
  const std::filesystem::path folder = own_path.parent_path();
  const std::array candidates{
      folder / kComputeProgram, folder / OMPQ_LIBEXEC / kComputeProgram};
  for (const std::filesystem::path& candidate : candidates) {
    if (access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

void hand_over(const std::vector<std::string>& words) {
  const auto own = own_program();
  const auto program = find_compute_program(own);
  OMPQ_CHECK(
      program.has_value(),
      ErrorCode::NotFound,
      "{}: this command needs the program '{}', which is neither beside it nor "
      "in {}; the installation is incomplete",
      own.string(),
      kComputeProgram,
      OMPQ_LIBEXEC);
  static_cast<void>(shorten_spinning());
  become(*program, words);
}

}  // namespace ompq
