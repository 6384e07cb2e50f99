// SPDX-License-Identifier: MIT
#include "ompq/data/file_bytes.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// A file descriptor that closes itself, opened for reading.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path)
      : path_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY)) {
    OMPQ_CHECK(
        descriptor_ >= 0,
        ErrorCode::NotFound,
        "{}: cannot open the file: {}",
        path_,
        std::strerror(errno));
    struct stat status {};
    const bool is_file =
        ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    if (!is_file) {
      ::close(descriptor_);
      fail(ErrorCode::NotFound, "{}: not a regular file", path_);
    }
    size_ = static_cast<std::size_t>(status.st_size);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
  std::size_t size_ = 0;
};

}  // namespace

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path) {
  const InputFile file(path);
  std::vector<std::uint8_t> bytes(file.size());
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::read(file.descriptor(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    OMPQ_CHECK(
        count > 0,
        ErrorCode::InvalidFile,
        "{}: read {} of {} bytes: {}",
        file.path(),
        done,
        bytes.size(),
        count < 0 ? std::strerror(errno) : "the file became shorter");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::shared_ptr<const MappedFile> MappedFile::open(
    const std::filesystem::path& path) {
  const InputFile file(path);
  const std::uint8_t* address = nullptr;
  // An empty file cannot be mapped; it is an empty span.
  if (file.size() > 0) {
    void* mapped = ::mmap(
        nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    OMPQ_CHECK(
        mapped != MAP_FAILED,
        ErrorCode::InvalidFile,
        "{}: cannot map {} bytes into memory: {}",
        file.path(),
        file.size(),
        std::strerror(errno));
    address = static_cast<const std::uint8_t*>(mapped);
  }
  return std::shared_ptr<const MappedFile>(
      new MappedFile(address, file.size()));
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) {
    ::munmap(const_cast<std::uint8_t*>(address_), size_);
  }
}

}  // namespace ompq
