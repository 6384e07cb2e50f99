// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ompq {

/// Starts a program and sends it a signal, `times` times, as soon as `is_time`;
/// returns the exit status, or 128 + signal.
inline int run_until(
    std::vector<std::string> words,
    int signal,
    const std::function<bool()>& is_time,
    int times = 1) {
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  int left = times;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (left > 0 && (left < times || is_time())) {
      kill(child, signal);
      --left;
      // Signals of one number are not counted while they wait.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace ompq
