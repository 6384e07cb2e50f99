// SPDX-License-Identifier: MIT
#include "ompq/core/atomic_file.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ompq/core/error.h"

#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), {});
}

std::string failure(const fs::path& path, const std::string& bytes) {
  try {
    write_file_atomically(path, bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::OutputFailed);
    return error.what();
  }
  return "no error";
}

/// Limits the size of files, so that a write fails in the middle as on a full
/// disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes)
      : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

/// Gives up the rights of the superuser, who may write anywhere.
class OrdinaryUser {
 public:
  OrdinaryUser() {
    constexpr uid_t kNobody = 65534;
    is_changed_ = ::geteuid() == 0 && ::seteuid(kNobody) == 0;
  }
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;
  ~OrdinaryUser() {
    if (is_changed_ && ::seteuid(0) != 0) {
      ADD_FAILURE() << "cannot become the superuser again";
    }
  }

 private:
  bool is_changed_ = false;
};

TEST(WriteFileAtomically, WritesAllBytesAndNoOtherFile) {
  const TempDir folder;
  const std::string bytes("a\0b\n", 4);
  write_file_atomically(folder.path() / "x", bytes);
  EXPECT_EQ(bytes_of(folder.path() / "x"), bytes);
  EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(WriteFileAtomically, ReplacesAFile) {
  const TempDir folder;
  write_file_atomically(folder.path() / "x", "a long first text");
  write_file_atomically(folder.path() / "x", "second");
  EXPECT_EQ(bytes_of(folder.path() / "x"), "second");
}

TEST(WriteFileAtomically, GivesTheRightsOfAnyNewFile) {
  const TempDir folder;
  const mode_t mask = ::umask(0027);
  write_file_atomically(folder.path() / "x", "a");
  ::umask(mask);
  EXPECT_EQ(
      fs::status(folder.path() / "x").permissions(),
      fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST(WriteFileAtomically, SaysThatTheFolderIsMissing) {
  const TempDir folder;
  EXPECT_THAT(
      failure(folder.path() / "absent" / "x", "a"),
      AllOf(
          HasSubstr("absent/x"),
          HasSubstr("No such file or directory"),
          HasSubstr("nothing was written")));
}

TEST(WriteFileAtomically, SaysThatTheFolderIsReadOnly) {
  const TempDir folder;
  fs::permissions(folder.path(), static_cast<fs::perms>(0555));
  {
    const OrdinaryUser user;
    EXPECT_THAT(
        failure(folder.path() / "x", "a"), HasSubstr("Permission denied"));
  }
  fs::permissions(folder.path(), static_cast<fs::perms>(0755));
  EXPECT_EQ(files_in(folder.path()), 0);
}

TEST(WriteFileAtomically, LeavesTheOldFileWhenTheDiskIsFull) {
  const TempDir folder;
  write_file_atomically(folder.path() / "x", "old");
  {
    const FileSizeLimit limit(1000);
    EXPECT_THAT(
        failure(folder.path() / "x", std::string(5000, 'y')),
        HasSubstr("cannot write"));
  }
  EXPECT_EQ(bytes_of(folder.path() / "x"), "old");
  EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(WriteFileAtomically, SaysThatADeviceIsFull) {
  if (!fs::exists("/dev/full")) {
    GTEST_SKIP() << "this system has no /dev/full";
  }
  EXPECT_THAT(
      failure("/dev/full", "a"),
      AllOf(HasSubstr("/dev/full"), HasSubstr("No space left")));
}

TEST(WriteFileAtomically, DoesNotReplaceAFolder) {
  const TempDir folder;
  fs::create_directory(folder.path() / "x");
  EXPECT_THAT(failure(folder.path() / "x", "a"), HasSubstr("Is a directory"));
  EXPECT_TRUE(fs::is_directory(folder.path() / "x"));
}

}  // namespace
}  // namespace ompq
