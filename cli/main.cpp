// SPDX-License-Identifier: MIT
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ompq/core/error.h"

#include "cli/interrupt.h"
#include "cli/program.h"
#include "cli/terminal.h"

namespace {

int report(ompq::ErrorCode code, const std::string& message) {
  fmt::print(stderr, "ompq: error: {}\n", ompq::printable(message));
  return ompq::exit_code(code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    ompq::install_interrupt_handler();
    ompq::run_program(std::vector<std::string>(argv, argv + argc));
    return 0;
  } catch (const ompq::Error& error) {
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
