// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace ompq {

/// What a program did.
struct ProgramResult {
  /// Exit status; 128 + signal if it was killed by one.
  int status = 0;
  std::string output;
  std::string error;
  double elapsed_s = 0.0;
};

/// Contents of a file.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Runs a program to its end, with no standard input.
///
/// @param words        the program's path and its arguments
/// @param output_path  where the standard output goes; "" = into the result
inline ProgramResult run_program(
    std::vector<std::string> words,
    const std::filesystem::path& output_path = "") {
  const TempDir folder;
  const std::filesystem::path output =
      output_path.empty() ? folder.path() / "output" : output_path;
  const std::filesystem::path error = folder.path() / "error";
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    constexpr int kMode = 0600;
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(
        open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, kMode),
        STDOUT_FILENO);
    dup2(
        open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, kMode),
        STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  return {
      .status =
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
      .output = output_path.empty() ? read_text(output) : "",
      .error = read_text(error),
      .elapsed_s = elapsed.count()};
}

}  // namespace ompq
