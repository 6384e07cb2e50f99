// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ompq {

/// The library's only voice: progress and log events. The library itself never
/// prints. All functions may be called from any thread; the base class ignores
/// everything.
class Observer {
 public:
  virtual ~Observer() = default;

  /// A stage begins. `total` is its number of steps, 0 if unknown.
  virtual void begin_stage(std::string_view name, std::int64_t total) {
    static_cast<void>(name);
    static_cast<void>(total);
  }

  /// `done` of the stage's steps are finished.
  virtual void advance(std::int64_t done) { static_cast<void>(done); }

  /// The stage ended; `elapsed_s` is its wall time in seconds.
  virtual void end_stage(double elapsed_s) { static_cast<void>(elapsed_s); }

  /// Something the user should know, although the run goes on.
  virtual void warn(const std::string& message) { static_cast<void>(message); }

  /// Details for the curious.
  virtual void info(const std::string& message) { static_cast<void>(message); }

  /// True once the user asked to stop; long loops ask between steps and throw
  /// Error{Interrupted}.
  [[nodiscard]] virtual bool interrupted() const { return false; }
};

/// What a part of a stage reports: its steps count behind those before it.
class ObserverOfPart final : public Observer {
 public:
  explicit ObserverOfPart(Observer& whole) : whole_(whole) {}

  /// A part of so many steps is finished; the next one counts from 0 again.
  void end_part(std::int64_t steps) { whole_.advance(before_ += steps); }

  void advance(std::int64_t done) override { whole_.advance(before_ + done); }
  void warn(const std::string& message) override { whole_.warn(message); }
  void info(const std::string& message) override { whole_.info(message); }
  [[nodiscard]] bool interrupted() const override {
    return whole_.interrupted();
  }

 private:
  Observer& whole_;
  std::int64_t before_ = 0;
};

/// The observer that ignores everything; for default arguments.
[[nodiscard]] inline Observer& silent_observer() {
  static Observer observer;
  return observer;
}

}  // namespace ompq
