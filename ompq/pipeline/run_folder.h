// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"

namespace ompq {

/// Version of the files of an unfinished run.
inline constexpr int kRunFormat = 2;

/// The folder of a run that may be killed and go on:
///
///   run.json   what the result depends on
///   lock       held while a process works here
///   STEM...    the run's own files, which appear whole or not at all
class OMPQ_API RunFolder {
 public:
  /// Opens the folder, or makes it.
  ///
  /// @param identity  object with everything the result depends on
  /// @param stem      what names of the run's own files begin with; they end in
  ///                  .bin
  /// @param restart   forget what is there
  /// @param observer  must outlive the folder
  /// @throws Error{InvalidArgument}  the folder belongs to a run with another
  ///                                 identity: names the first field that
  ///                                 differs and its values; or another process
  ///                                 works in it
  /// @throws Error{OutputFailed}     it cannot be made or written
  RunFolder(
      std::filesystem::path folder,
      const Json& identity,
      std::string stem,
      bool restart,
      Observer& observer);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  /// Digest of the identity.
  [[nodiscard]] const std::string& run() const { return run_; }

  /// Deletes the folder: the run has finished.
  void remove();

 private:
  class Lock;

  void begin_anew(const Json& identity);
  void compare(const Json& identity);
  void remove_leftovers();

  std::filesystem::path folder_;
  std::string stem_;
  std::string run_;
  Observer& observer_;
  std::unique_ptr<Lock> lock_;
};

}  // namespace ompq
