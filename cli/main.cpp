// SPDX-License-Identifier: MIT
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ompq/core/error.h"

#include "cli/interrupt.h"
#include "cli/program.h"
#include "cli/shell_text.h"
#include "cli/terminal.h"

namespace {

int report(ompq::ErrorCode code, const std::string& message) {
  fmt::print(stderr, "ompq: error: {}\n", ompq::printable(message));
  return ompq::exit_code(code);
}

/// What to type after Ctrl-C: commands that keep what is done go on there.
int report_interruption(
    const std::string& message, const std::vector<std::string>& words) {
  const int status = report(ompq::ErrorCode::Interrupted, message);
  fmt::print(
      stderr, "ompq: to go on: {}\n", ompq::printable(ompq::shell_line(words)));
  return status;
}

/// @return the exit status
int run(const std::vector<std::string>& words) {
  try {
    ompq::install_interrupt_handler();
    ompq::run_program(words);
    return 0;
  } catch (const ompq::Error& error) {
    if (error.code() == ompq::ErrorCode::Interrupted) {
      return report_interruption(error.what(), words);
    }
    return report(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return report(
        ompq::ErrorCode::Unsupported, "this needs more memory than there is");
  } catch (const std::exception& error) {
    return report(
        ompq::ErrorCode::Internal,
        fmt::format("{}; this is a bug of ompq", error.what()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int status = run({argv, argv + argc});
  std::fflush(nullptr);
  // Unloading libtorch and the libraries behind it takes 0.1 s and frees what
  // the system takes back anyway.
  std::_Exit(status);
}
