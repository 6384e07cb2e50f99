// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// Version of the files of a checkpoint.
inline constexpr int kCheckpointFormat = 2;

/// The finished units of a run, in a folder:
///
///   run.json          what the result depends on
///   unit_0000.bin     one file for each finished unit; see unit_record.h
///   lock              held while a process works here
///
/// Files appear whole or not at all, so that a run can be killed at any moment.
/// A unit file that is damaged nevertheless is reported and computed again.
class OMPQ_API Checkpoint : public UnitStore {
 public:
  /// Opens the folder, or makes it.
  ///
  /// @param identity  object with everything the result depends on
  /// @param restart   forget what is there
  /// @param observer  must outlive the checkpoint
  /// @throws Error{InvalidArgument}  the folder belongs to a run with another
  ///                                 identity: names the first field that
  ///                                 differs and its values; or another process
  ///                                 works in it
  /// @throws Error{OutputFailed}     it cannot be made or written
  Checkpoint(
      std::filesystem::path folder,
      const Json& identity,
      bool restart,
      Observer& observer = silent_observer());
  ~Checkpoint() override;
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  [[nodiscard]] std::optional<UnitResult> load(std::size_t index) override;
  void save(std::size_t index, const UnitResult& result) override;

  /// Units that load() has given.
  [[nodiscard]] std::size_t loaded() const { return loaded_; }

  /// Deletes the folder: the run has finished.
  void remove();

 private:
  class Lock;

  void begin_anew(const Json& identity);
  void compare(const Json& identity);
  void remove_leftovers();

  std::filesystem::path folder_;
  /// Digest of the identity.
  std::string run_;
  Observer& observer_;
  std::size_t loaded_ = 0;
  std::unique_ptr<Lock> lock_;
};

}  // namespace ompq
