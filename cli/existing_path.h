// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "ompq/core/error.h"

namespace ompq {

/// Checks an input before anything slow begins.
///
/// @param what  the option it was given by
/// @throws Error{NotFound}  there is nothing of that name
inline void check_exists(
    const std::filesystem::path& path, std::string_view what) {
  std::error_code status;
  OMPQ_CHECK(
      std::filesystem::exists(path, status),
      ErrorCode::NotFound,
      "{}: {}: no such file or folder",
      what,
      path.string());
}

/// Checks that a file can be written there: its folder must exist.
///
/// @throws Error{OutputFailed}  it does not, or the path is a folder
inline void check_writable_place(
    const std::filesystem::path& path, std::string_view what) {
  std::error_code status;
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : ".";
  OMPQ_CHECK(
      std::filesystem::is_directory(folder, status),
      ErrorCode::OutputFailed,
      "{}: {}: the folder '{}' does not exist",
      what,
      path.string(),
      folder.string());
  OMPQ_CHECK(
      !std::filesystem::is_directory(path, status),
      ErrorCode::OutputFailed,
      "{}: {}: is a folder, not a file",
      what,
      path.string());
}

/// Checks that a folder stands there or can be made there.
///
/// @throws Error{OutputFailed}  the folder around it does not exist, or the
///                              path is a file
inline void check_folder_place(
    const std::filesystem::path& path, std::string_view what) {
  std::error_code status;
  // "out/" and "out" are the same folder.
  const std::filesystem::path folder =
      path.has_filename() ? path : path.parent_path();
  const std::filesystem::path around =
      folder.has_parent_path() ? folder.parent_path() : ".";
  OMPQ_CHECK(
      std::filesystem::is_directory(around, status),
      ErrorCode::OutputFailed,
      "{}: {}: the folder '{}' does not exist",
      what,
      path.string(),
      around.string());
  OMPQ_CHECK(
      !std::filesystem::exists(folder, status) ||
          std::filesystem::is_directory(folder, status),
      ErrorCode::OutputFailed,
      "{}: {}: is a file, not a folder",
      what,
      path.string());
}

}  // namespace ompq
