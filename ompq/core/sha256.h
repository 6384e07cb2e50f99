// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "ompq/core/export.h"

namespace ompq {

/// SHA-256 of a stream of bytes (FIPS 180-4).
class OMPQ_API Sha256 {
 public:
  /// @throws Error{Internal}  OpenSSL was built without it
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);

  /// 32 bytes; ends the stream.
  [[nodiscard]] std::string digest();
  /// The digest as 64 hexadecimal digits; ends the stream.
  [[nodiscard]] std::string hexadecimal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Length of Sha256::digest().
inline constexpr std::size_t kSha256Bytes = 32;

/// SHA-256 of some bytes: 32 bytes.
[[nodiscard]] OMPQ_API std::string sha256(std::string_view bytes);

}  // namespace ompq
