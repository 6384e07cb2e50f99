// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace ompq {

/// Folder of real networks, data and reference numbers, which is not part of
/// the repository: OMPQ_SHARED, or `shared` beside the repository.
inline std::filesystem::path shared_folder() {
  const char* folder = std::getenv("OMPQ_SHARED");
  return folder == nullptr
             ? std::filesystem::path(OMPQ_SOURCE_DIR).parent_path() / "shared"
             : std::filesystem::path(folder);
}

}  // namespace ompq

/// Skips the test unless shared_folder() holds `name`.
#define OMPQ_NEEDS_SHARED(name)                                            \
  do {                                                                     \
    if (!std::filesystem::exists(::ompq::shared_folder() / (name))) {      \
      GTEST_SKIP() << (::ompq::shared_folder() / (name)).string()          \
                   << " is absent; set OMPQ_SHARED to the folder with it"; \
    }                                                                      \
  } while (false)
