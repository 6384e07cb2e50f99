// SPDX-License-Identifier: MIT
#include "ompq/pipeline/run_folder.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "ompq/core/error.h"
#include "ompq/core/sha256.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader = "run.json";
constexpr const char* kLock = "lock";

/// A field in which two documents differ.
struct Difference {
  std::string field;
  std::string before;
  std::string now;
};

std::string text_of(const Json* json) {
  if (json == nullptr) {
    return "absent";
  }
  return json->dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* member(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  return found == json.end() ? nullptr : &*found;
}

/// The first field, depth first in the order of `now`, that differs.
std::optional<Difference> first_difference(
    const Json& before, const Json& now, const std::string& path) {
  if (!before.is_object() || !now.is_object()) {
    return before == now ? std::nullopt
                         : std::optional(Difference{
                               path, text_of(&before), text_of(&now)});
  }
  std::vector<std::string> keys;
  for (const auto& item : now.items()) {
    keys.push_back(item.key());
  }
  for (const auto& item : before.items()) {
    if (!now.contains(item.key())) {
      keys.push_back(item.key());
    }
  }
  for (const std::string& key : keys) {
    const std::string field = path.empty() ? key : path + "." + key;
    const Json* old_value = member(before, key);
    const Json* new_value = member(now, key);
    if (old_value == nullptr || new_value == nullptr) {
      return Difference{field, text_of(old_value), text_of(new_value)};
    }
    if (auto difference = first_difference(*old_value, *new_value, field)) {
      return difference;
    }
  }
  return std::nullopt;
}

Json with_format(const Json& identity) {
  Json header = Json::object();
  header["format"] = kRunFormat;
  header.update(identity);
  return header;
}

}  // namespace

/// Keeps other processes out of a folder; gone when the process is.
class RunFolder::Lock {
 public:
  explicit Lock(const fs::path& folder) {
    const fs::path path = folder / kLock;
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    OMPQ_CHECK(
        descriptor_ >= 0,
        ErrorCode::OutputFailed,
        "[checkpoint] {}: cannot write: {}",
        path.string(),
        std::strerror(errno));
    // Some network file systems have no locks: two runs at once are then the
    // user's affair.
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(descriptor_);
      fail(
          ErrorCode::InvalidArgument,
          "[checkpoint] {}: another process works in this folder; wait for it "
          "or give another folder",
          folder.string());
    }
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::close(descriptor_); }

 private:
  int descriptor_ = -1;
};

RunFolder::RunFolder(
    fs::path folder,
    const Json& identity,
    std::string stem,
    bool restart,
    Observer& observer)
    : folder_(std::move(folder)),
      stem_(std::move(stem)),
      run_(sha256(with_format(identity).dump())),
      observer_(observer) {
  std::error_code status;
  fs::create_directories(folder_, status);
  OMPQ_CHECK(
      fs::is_directory(folder_, status),
      ErrorCode::OutputFailed,
      "[checkpoint] {}: the folder cannot be made: {}",
      folder_.string(),
      std::strerror(errno));
  lock_ = std::make_unique<Lock>(folder_);
  const bool has_header = fs::exists(folder_ / kHeader, status);
  if (restart || !has_header) {
    begin_anew(with_format(identity));
  } else {
    compare(with_format(identity));
  }
  remove_leftovers();
}

RunFolder::~RunFolder() = default;

void RunFolder::begin_anew(const Json& identity) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    if (entry.path().filename().string().starts_with(stem_)) {
      fs::remove(entry.path(), ignored);
    }
  }
  write_json(folder_ / kHeader, identity);
}

void RunFolder::compare(const Json& identity) {
  const fs::path path = folder_ / kHeader;
  Json before;
  try {
    before = read_json(path);
  } catch (const Error& error) {
    observer_.warn(fmt::format(
        "checkpoint: {}; the run begins anew", std::string(error.what())));
    begin_anew(identity);
    return;
  }
  if (const auto difference = first_difference(before, identity, "")) {
    fail(
        ErrorCode::InvalidArgument,
        "[checkpoint] {}: the unfinished run in this folder had {} = {}, this "
        "one has {}; give --restart to begin anew, or another folder",
        folder_.string(),
        difference->field,
        difference->before,
        difference->now);
  }
}

/// Removes what a killed process left half-written.
void RunFolder::remove_leftovers() {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const bool is_ours = name == kHeader || name == kLock ||
                         (name.starts_with(stem_) && name.ends_with(".bin"));
    const bool is_temporary =
        name.starts_with(stem_) || name.starts_with(kHeader);
    if (!is_ours && is_temporary) {
      fs::remove(entry.path(), ignored);
    }
  }
}

void RunFolder::remove() {
  std::error_code status;
  fs::remove_all(folder_, status);
  if (status) {
    observer_.warn(fmt::format(
        "checkpoint: {}: cannot be removed: {}",
        folder_.string(),
        status.message()));
  }
}

}  // namespace ompq
