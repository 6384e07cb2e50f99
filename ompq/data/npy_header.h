// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ompq::detail {

/// The dictionary at the beginning of an .npy file.
struct NpyHeader {
  /// Type string such as "<f4"; empty for a structured type.
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Reads the header's text, a Python dictionary literal such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
///
/// @param name  what errors call the file
/// @throws Error{InvalidFile}  not such a dictionary, a missing or repeated
///                             key, a negative size
[[nodiscard]] NpyHeader parse_npy_header(
    std::string_view text, std::string_view name);

}  // namespace ompq::detail
