// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/core/units.h"
#include "ompq/graph/constant.h"

namespace ompq {

/// Large tensors within a limit of memory. What does not fit lies in files
/// without a name, mapped into memory: the system keeps of them what it has
/// room for. They vanish with the tensor, also when the program is killed.
class OMPQ_API TensorStore {
 public:
  /// @param limit   of all tensors that are alive, in memory
  /// @param folder  for the files; must exist when one is needed
  TensorStore(Bytes limit, std::filesystem::path folder);

  /// An uninitialised float32 tensor; channels_last if it has four dimensions.
  ///
  /// @throws Error{OutputFailed}  the folder's disk has no room for a file;
  ///                              says how much was needed
  [[nodiscard]] at::Tensor empty(const Shape& shape);

  /// Bytes in memory now, and in files.
  [[nodiscard]] std::int64_t bytes_in_memory() const;
  [[nodiscard]] std::int64_t bytes_in_files() const;

 private:
  struct Account;
  Bytes limit_;
  std::filesystem::path folder_;
  std::shared_ptr<Account> account_;
};

}  // namespace ompq
