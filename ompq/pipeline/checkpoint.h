// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"
#include "ompq/pipeline/run_folder.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// The finished units of a run in its folder, one file `unit_0000.bin` for
/// each; see unit_record.h.
///
/// A unit file that is damaged nevertheless is reported and computed again.
class OMPQ_API Checkpoint : public UnitStore {
 public:
  /// @throws as RunFolder
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
  void remove() { folder_.remove(); }

 private:
  RunFolder folder_;
  Observer& observer_;
  std::size_t loaded_ = 0;
};

}  // namespace ompq
