// SPDX-License-Identifier: MIT
#include "cli/bundled_example.h"

#include <array>

#include "ompq/core/error.h"

namespace ompq {

std::filesystem::path bundled_model() {
  constexpr const char* kName = "shapes10.onnx";
  std::error_code status;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", status);
  const std::filesystem::path folder = own.parent_path();
  const std::array candidates{folder / kName, folder / OMPQ_DATA / kName};
  for (const std::filesystem::path& candidate : candidates) {
    if (std::filesystem::exists(candidate, status)) {
      return candidate.lexically_normal();
    }
  }
  fail(
      ErrorCode::NotFound,
      "{}: the bundled network {} is neither beside the program nor in {}; the "
      "installation is incomplete",
      own.string(),
      kName,
      OMPQ_DATA);
}

}  // namespace ompq
