// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ompq/core/observer.h"

#include "cli/terminal.h"

namespace ompq {

/// How much the console says.
struct ConsoleOptions {
  bool quiet = false;
  bool verbose = false;
};

/// The program's voice: results on the standard output, progress and warnings
/// on the standard error stream. On a terminal, progress is a bar that is
/// redrawn at most ten times a second and erased in the end; elsewhere it is
/// one line when a stage ends, and one every ten seconds while it lasts. Stages
/// that say nothing for a while are drawn all the same: their time goes on.
class Console : public Observer {
 public:
  explicit Console(ConsoleOptions options);
  ~Console() override;

  /// Writes a result.
  ///
  /// @throws Error{OutputFailed}  the output cannot take it (disk full, say)
  void print(std::string_view text);
  /// The terminal behind the standard output.
  [[nodiscard]] const Terminal& output() const { return output_; }

  void begin_stage(std::string_view name, std::int64_t total) override;
  void advance(std::int64_t done) override;
  void end_stage(double elapsed_s) override;
  /// What the running stage is called from now on: its figures, say.
  void rename_stage(const std::string& name);
  /// A line that stays on the error stream, unless all shall be quiet.
  void say(const std::string& line);
  void warn(const std::string& message) override;
  void info(const std::string& message) override;
  [[nodiscard]] bool interrupted() const override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Stage {
    std::string name;
    std::int64_t total = 0;
    std::int64_t done = 0;
    Clock::time_point begin;
  };

  void start_ticker();
  void draw();
  void erase();
  void write_line(const std::string& line);

  ConsoleOptions options_;
  Terminal output_;
  Terminal error_;
  std::mutex mutex_;
  /// Stages that have begun and not ended, outermost first.
  std::vector<Stage> stages_;
  bool is_drawn_ = false;
  Clock::time_point last_draw_;
  /// Draws from time to time while a stage runs; ends before all else goes.
  std::jthread ticker_;
};

}  // namespace ompq
