// SPDX-License-Identifier: MIT
#include "ompq/core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// A temporary file that removes itself unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target)
      : target_(target), path_(target.string() + ".XXXXXX") {
    descriptor_ = ::mkstemp(path_.data());
    if (descriptor_ < 0) {
      path_.clear();
      fail_with_errno("cannot create a file here");
    }
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  ~TemporaryFile() {
    close();
    if (!path_.empty()) {
      ::unlink(path_.c_str());
    }
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        fail_with_errno("cannot write");
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void commit() {
    // mkstemp creates with 0600; a result should be as readable as any file.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(descriptor_, 0666 & ~mask) != 0 ||
        (::fsync(descriptor_) != 0 && errno != EINVAL)) {
      fail_with_errno("cannot write");
    }
    close();
    if (::rename(path_.c_str(), target_.c_str()) != 0) {
      fail_with_errno("cannot replace the file");
    }
    path_.clear();
  }

 private:
  void close() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      descriptor_ = -1;
    }
  }

  [[noreturn]] void fail_with_errno(std::string_view action) const {
    fail(
        ErrorCode::OutputFailed,
        "{}: {}: {}; nothing was written",
        target_.string(),
        action,
        std::strerror(errno));
  }

  std::filesystem::path target_;
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace

void write_file_atomically(
    const std::filesystem::path& path, std::string_view bytes) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) &&
      !std::filesystem::is_regular_file(path, ignored)) {
    // Devices and pipes (/dev/stdout, /dev/full) cannot be renamed over.
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const bool opened = file != nullptr;
    bool written =
        opened && std::fwrite(bytes.data(), 1, bytes.size(), file) ==
                      bytes.size();
    written = opened && std::fclose(file) == 0 && written;
    OMPQ_CHECK(
        written,
        ErrorCode::OutputFailed,
        "{}: cannot write: {}",
        path.string(),
        std::strerror(errno));
    return;
  }
  TemporaryFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace ompq
