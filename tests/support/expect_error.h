// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {

/// Runs `action` and expects Error{code} whose message contains `part`.
inline void expect_error(
    ErrorCode code,
    const std::string& part,
    const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
        << "'" << part << "' is not in: " << error.what();
    return;
  }
  ADD_FAILURE() << "no error; expected " << to_string(code) << " about '"
                << part << "'";
}

}  // namespace ompq
