// SPDX-License-Identifier: MIT
#include "cli/hand_over.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

constexpr const char* kComputeProgram = "ompq-compute";

/// Threads of libgomp that wait for each other spin for some milliseconds
/// before they sleep. On processors that other programs use as well, that is
/// most of what they do. A user who sets one of these variables decides.
void shorten_spinning() {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) {
    setenv("GOMP_SPINCOUNT", "1000", 0);
  }
}

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
  std::error_code status;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", status);
  const auto program = find_compute_program(own);
  OMPQ_CHECK(
      program.has_value(),
      ErrorCode::NotFound,
      "{}: this command needs the program '{}', which is neither beside it nor "
      "in {}; the installation is incomplete",
      own.string(),
      kComputeProgram,
      OMPQ_LIBEXEC);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  shorten_spinning();
  execv(program->c_str(), arguments.data());
  fail(
      ErrorCode::NotFound,
      "{}: cannot be started: {}",
      program->string(),
      std::strerror(errno));
}

}  // namespace ompq
