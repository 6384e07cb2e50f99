// SPDX-License-Identifier: MIT
#include "cli/interrupt.h"

#include <atomic>
#include <csignal>

#include <unistd.h>

namespace ompq {
namespace {

constexpr int kInterruptedStatus = 130;

// A signal handler can reach nothing but globals.
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int /*signal*/) {
  if (requested.exchange(true)) {
    _exit(kInterruptedStatus);
  }
}

}  // namespace

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // System calls that were waiting go on: the loops decide when to stop.
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
}

bool interrupt_requested() {
  return requested.load();
}

}  // namespace ompq
