// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/tensor_store.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

std::vector<std::int64_t> channels_last_strides(const Shape& shape) {
  return {shape[1] * shape[2] * shape[3], 1, shape[1] * shape[3], shape[1]};
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  if (shape.size() == 4) {
    return channels_last_strides(shape);
  }
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

/// Memory backed by a file that has no name any more.
void* map_file(const std::filesystem::path& folder, std::size_t bytes) {
  std::string name = (folder / "ompq-activations-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  int error = file < 0 ? errno : 0;
  void* memory = MAP_FAILED;
  if (file >= 0) {
    ::unlink(name.c_str());
    // Room is taken now: a write to a full disk through a mapping would kill
    // the program.
    error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
    if (error == 0) {
      memory =
          ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      error = memory == MAP_FAILED ? errno : 0;
    }
    ::close(file);
  }
  OMPQ_CHECK(
      memory != MAP_FAILED,
      ErrorCode::OutputFailed,
      "[quantize] {}: cannot keep {} of activations there: {}; give more "
      "memory (--memory) or fewer images (--samples)",
      folder.string(),
      format_bytes(Bytes{static_cast<std::int64_t>(bytes)}),
      std::strerror(error));
  return memory;
}

}  // namespace

struct TensorStore::Account {
  std::int64_t in_memory = 0;
  std::int64_t in_files = 0;
};

TensorStore::TensorStore(Bytes limit, std::filesystem::path folder)
    : limit_(limit),
      folder_(std::move(folder)),
      account_(std::make_shared<Account>()) {}

at::Tensor TensorStore::empty(const Shape& shape) {
  const std::int64_t bytes =
      element_count(shape) * static_cast<std::int64_t>(sizeof(float));
  const std::shared_ptr<Account> account = account_;
  if (account->in_memory + bytes <= limit_.count || bytes == 0) {
    account->in_memory += bytes;
    const at::Tensor storage = at::empty(shape, at::kFloat);
    return at::from_blob(
        storage.data_ptr<float>(),
        shape,
        strides_of(shape),
        [storage, account, bytes](void* /*memory*/) {
          account->in_memory -= bytes;
        },
        at::kFloat);
  }
  void* const memory = map_file(folder_, static_cast<std::size_t>(bytes));
  account->in_files += bytes;
  return at::from_blob(
      memory,
      shape,
      strides_of(shape),
      [account, bytes](void* mapped) {
        account->in_files -= bytes;
        ::munmap(mapped, static_cast<std::size_t>(bytes));
      },
      at::kFloat);
}

std::int64_t TensorStore::bytes_in_memory() const {
  return account_->in_memory;
}

std::int64_t TensorStore::bytes_in_files() const {
  return account_->in_files;
}

}  // namespace ompq
