// SPDX-License-Identifier: MIT
#include "ompq/pipeline/checkpoint.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "ompq/core/atomic_file.h"
#include "ompq/pipeline/unit_record.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

std::string unit_file(std::size_t index) {
  return fmt::format("unit_{:04}.bin", index);
}

}  // namespace

Checkpoint::Checkpoint(
    fs::path folder, const Json& identity, bool restart, Observer& observer)
    : folder_(std::move(folder), identity, "unit_", restart, observer),
      observer_(observer) {}

Checkpoint::~Checkpoint() = default;

std::optional<UnitResult> Checkpoint::load(std::size_t index) {
  const fs::path path = folder_.path() / unit_file(index);
  std::error_code status;
  if (!fs::exists(path, status)) {
    return std::nullopt;
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  std::optional<UnitResult> result =
      read_unit_record(bytes, index, folder_.run());
  if (!result.has_value()) {
    observer_.warn(fmt::format(
        "checkpoint: {}: damaged; this unit is computed again", path.string()));
    return std::nullopt;
  }
  ++loaded_;
  return result;
}

void Checkpoint::save(std::size_t index, const UnitResult& result) {
  write_file_atomically(
      folder_.path() / unit_file(index),
      write_unit_record(index, folder_.run(), result));
}

}  // namespace ompq
