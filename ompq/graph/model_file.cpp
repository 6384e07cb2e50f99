// SPDX-License-Identifier: MIT
#include "ompq/graph/model_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <system_error>

#include "ompq/core/error.h"
#include "ompq/core/sha256.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

/// Names of the files that hold tensors of the model, ascending.
std::set<std::string> external_files(const std::string& bytes) {
  std::set<std::string> names;
  onnx::ModelProto model;
  // Every reference to another file is an entry with the key "location", so
  // most files need not be parsed for this.
  if (bytes.find("location") == std::string::npos ||
      !model.ParseFromString(bytes)) {
    return names;
  }
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      for (const auto& entry : tensor.external_data()) {
        if (entry.key() == "location") {
          names.insert(entry.value());
        }
      }
    }
  }
  return names;
}

/// Adds a file of the model's folder; other paths are refused later on.
void add_file(
    const fs::path& folder,
    const fs::path& name,
    Sha256& hash,
    ModelFile& model) {
  const bool is_inside =
      name.is_relative() &&
      std::find(name.begin(), name.end(), "..") == name.end();
  std::error_code ignored;
  if (!is_inside || !fs::is_regular_file(folder / name, ignored)) {
    return;
  }
  std::ifstream stream(folder / name, std::ios::binary);
  std::array<char, 1 << 16> buffer{};
  while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0) {
    const auto count = static_cast<std::size_t>(stream.gcount());
    hash.add({buffer.data(), count});
    model.size.count += static_cast<std::int64_t>(count);
  }
}

std::string read_bytes(const fs::path& path) {
  std::error_code status;
  const bool is_file = fs::is_regular_file(path, status);
  const std::uintmax_t size = is_file ? fs::file_size(path, status) : 0;
  std::ifstream stream(path, std::ios::binary);
  OMPQ_CHECK(
      is_file && !status && stream.good(),
      ErrorCode::NotFound,
      "[load_model] {}: no such file, or it may not be read",
      path.string());
  std::string bytes(size, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  OMPQ_CHECK(
      stream.gcount() == static_cast<std::streamsize>(size),
      ErrorCode::InvalidFile,
      "[load_model] {}: the file could only be read in part",
      path.string());
  return bytes;
}

}  // namespace

ModelFile read_model_file(const fs::path& path) {
  ModelFile model;
  model.bytes = read_bytes(path);
  model.size.count = static_cast<std::int64_t>(model.bytes.size());
  Sha256 hash;
  hash.add(model.bytes);
  for (const std::string& name : external_files(model.bytes)) {
    add_file(path.parent_path(), name, hash, model);
  }
  model.hash = hash.hexadecimal();
  return model;
}

}  // namespace ompq
