// SPDX-License-Identifier: MIT
#include "cli/spinning.h"

#include <cstdlib>

#include "cli/become.h"

namespace ompq {

bool shorten_spinning() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr ||
      std::getenv("GOMP_SPINCOUNT") != nullptr) {
    return false;
  }
  return setenv("GOMP_SPINCOUNT", "1000", 0) == 0;
}

void restart_with_short_spinning(const std::vector<std::string>& words) {
  if (shorten_spinning()) {
    become(own_program(), words);
  }
}

}  // namespace ompq
