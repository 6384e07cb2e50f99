// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_external_data.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& folder, const fs::path& path) {
  const auto [end_of_folder, rest] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  static_cast<void>(rest);
  return end_of_folder == folder.end();
}

/// The file behind `location`, without symbolic links.
fs::path resolve(const fs::path& folder, const std::string& location) {
  std::error_code status;
  const fs::path root = fs::canonical(folder.empty() ? "." : folder, status);
  OMPQ_CHECK(
      !status,
      ErrorCode::NotFound,
      "the folder '{}' of the external data cannot be opened: {}",
      folder.string(),
      status.message());
  const bool is_plain = !location.empty() && fs::path(location).is_relative() &&
                        location.find('\0') == std::string::npos;
  const fs::path path =
      is_plain ? fs::weakly_canonical(root / location, status) : fs::path();
  OMPQ_CHECK(
      is_plain && !status && is_within(root, path),
      ErrorCode::InvalidFile,
      "external data '{}' lie outside the model's folder; put the file beside "
      "the model",
      location.c_str());
  OMPQ_CHECK(
      fs::exists(path, status),
      ErrorCode::NotFound,
      "the external data file '{}' does not exist; it belongs beside the model",
      path.string());
  OMPQ_CHECK(
      fs::is_regular_file(path, status),
      ErrorCode::InvalidFile,
      "external data '{}' is not a file",
      path.string());
  return path;
}

}  // namespace

std::vector<std::byte> read_external_data(
    const fs::path& folder,
    const ExternalData& data,
    std::uint64_t size_bytes) {
  const fs::path path = resolve(folder, data.location);
  std::error_code status;
  const std::uint64_t file_size = fs::file_size(path, status);
  const bool is_valid =
      !status && data.offset >= 0 &&
      static_cast<std::uint64_t>(data.offset) <= file_size &&
      size_bytes <= file_size - static_cast<std::uint64_t>(data.offset) &&
      (!data.length || static_cast<std::uint64_t>(*data.length) == size_bytes);
  OMPQ_CHECK(
      is_valid,
      ErrorCode::InvalidFile,
      "the tensor needs {} bytes; its external data '{}' (offset {}, length "
      "{}, file size {}) do not hold them",
      size_bytes,
      data.location,
      data.offset,
      data.length ? fmt::format("{}", *data.length) : "unstated",
      file_size);
  std::vector<std::byte> bytes(size_bytes);
  std::ifstream file(path, std::ios::binary);
  file.seekg(data.offset);
  file.read(
      reinterpret_cast<char*>(bytes.data()),
      static_cast<std::streamsize>(bytes.size()));
  OMPQ_CHECK(
      file.good() || bytes.empty(),
      ErrorCode::NotFound,
      "the external data file '{}' cannot be read",
      path.string());
  return bytes;
}

}  // namespace ompq::detail
