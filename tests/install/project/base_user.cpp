// SPDX-License-Identifier: MIT
#include <cstdio>

#include <ompq/core/units.h>
#include <ompq/plan/plan_file.h>
#include <ompq/version.h>

int main() {
  std::printf(
      "%lld %s\n",
      static_cast<long long>(ompq::parse_bytes("1.5MiB").count),
      std::string(ompq::kVersion).c_str());
}
