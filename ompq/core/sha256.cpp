// SPDX-License-Identifier: MIT
#include "ompq/core/sha256.h"

#include <array>

#include <openssl/evp.h>

#include "ompq/core/error.h"

namespace ompq {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
      EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  EVP_MD_CTX* context = state_->context.get();
  OMPQ_CHECK(
      context != nullptr &&
          EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1,
      ErrorCode::Internal,
      "[sha256] SHA-256 is not available in this OpenSSL");
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  OMPQ_CHECK(
      EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1,
      ErrorCode::Internal,
      "[sha256] SHA-256 failed");
}

std::string Sha256::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  OMPQ_CHECK(
      EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length) == 1,
      ErrorCode::Internal,
      "[sha256] SHA-256 failed");
  return {digest.begin(), digest.begin() + length};
}

std::string Sha256::hexadecimal() {
  std::string text;
  for (const char byte : digest()) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digest();
}

}  // namespace ompq
