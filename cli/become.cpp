// SPDX-License-Identifier: MIT
#include "cli/become.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "ompq/core/error.h"

namespace ompq {

std::filesystem::path own_program() {
  std::error_code status;
  return std::filesystem::read_symlink("/proc/self/exe", status);
}

void become(
    const std::filesystem::path& program,
    const std::vector<std::string>& words) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  fail(
      ErrorCode::NotFound,
      "{}: cannot be started: {}",
      program.string(),
      std::strerror(errno));
}

}  // namespace ompq
