// SPDX-License-Identifier: MIT
#include "cli/console.h"

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "ompq/core/error.h"

#include "cli/interrupt.h"
#include "cli/progress_bar.h"

namespace ompq {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{100};
constexpr std::chrono::milliseconds kTickInterval{500};
/// Where nothing can be redrawn, long stages say so from time to time.
constexpr std::chrono::seconds kLineInterval{10};

}  // namespace

Console::Console(ConsoleOptions options)
    : options_(options),
      output_(detect_terminal(STDOUT_FILENO)),
      error_(detect_terminal(STDERR_FILENO)) {}

Console::~Console() {
  if (ticker_.joinable()) {
    ticker_.request_stop();
    ticker_.join();
  }
  const std::lock_guard lock(mutex_);
  erase();
}

void Console::print(std::string_view text) {
  const std::lock_guard lock(mutex_);
  erase();
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
      std::fflush(stdout) == 0;
  OMPQ_CHECK(
      is_written,
      ErrorCode::OutputFailed,
      "standard output: {}",
      std::strerror(errno));
}

void Console::begin_stage(std::string_view name, std::int64_t total) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  stages_.push_back({std::string(name), total, 0, now});
  // Short stages end before their first drawing: the screen stays calm.
  last_draw_ = now;
  if (!options_.quiet && !ticker_.joinable()) {
    start_ticker();
  }
  if (options_.verbose && !error_.is_interactive) {
    write_line(fmt::format("{} ...", printable(name)));
  }
}

void Console::advance(std::int64_t done) {
  const std::lock_guard lock(mutex_);
  if (stages_.empty()) {
    return;
  }
  stages_.back().done = done;
  draw();
}

void Console::end_stage(double elapsed_s) {
  const std::lock_guard lock(mutex_);
  if (stages_.empty()) {
    return;
  }
  erase();
  if (!options_.quiet && (!error_.is_interactive || options_.verbose)) {
    write_line(fmt::format(
        "{}: {}", printable(stages_.back().name), format_duration(elapsed_s)));
  }
  stages_.pop_back();
}

void Console::rename_stage(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!stages_.empty()) {
    stages_.back().name = name;
  }
}

void Console::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (!options_.quiet) {
    write_line(printable(line));
  }
}

void Console::warn(const std::string& message) {
  const std::lock_guard lock(mutex_);
  write_line(
      error_.has_colour
          ? fmt::format("ompq: \x1b[33mwarning:\x1b[0m {}", printable(message))
          : fmt::format("ompq: warning: {}", printable(message)));
}

void Console::info(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (options_.verbose && !options_.quiet) {
    write_line(printable(message));
  }
}

bool Console::interrupted() const {
  return interrupt_requested();
}

void Console::start_ticker() {
  ticker_ = std::jthread([this](const std::stop_token& stop) {
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex_);
    while (!stopped.wait_for(lock, stop, kTickInterval, [] { return false; }) &&
           !stop.stop_requested()) {
      draw();
    }
  });
}

void Console::draw() {
  const Clock::time_point now = Clock::now();
  const Clock::duration interval = error_.is_interactive
                                       ? Clock::duration(kRedrawInterval)
                                       : Clock::duration(kLineInterval);
  if (options_.quiet || stages_.empty() || now - last_draw_ < interval) {
    return;
  }
  last_draw_ = now;
  const Stage& stage = stages_.back();
  const std::chrono::duration<double> elapsed = now - stage.begin;
  const std::string line = progress_line(
      {.stage = stage.name,
       .done = stage.done,
       .total = stage.total,
       .elapsed_s = elapsed.count()},
      error_.width - 1);
  if (error_.is_interactive) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    std::fflush(stderr);
    is_drawn_ = true;
  } else {
    write_line(line);
  }
}

void Console::erase() {
  if (is_drawn_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    is_drawn_ = false;
  }
}

void Console::write_line(const std::string& line) {
  erase();
  fmt::print(stderr, "{}\n", line);
}

}  // namespace ompq
