// SPDX-License-Identifier: MIT
#include "ompq/core/sha256.h"

#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(
      hash.hexadecimal(),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Sha256().hexadecimal(),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").size(), kSha256Bytes);
}

}  // namespace
}  // namespace ompq
