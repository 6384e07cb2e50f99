// SPDX-License-Identifier: MIT
#include "ompq/plan/plan_file.h"

#include "ompq/core/atomic_file.h"
#include "ompq/core/json_file.h"
#include "ompq/plan/plan_json.h"

namespace ompq {

void write_plan(const std::filesystem::path& path, const Plan& plan) {
  write_file_atomically(path, plan_to_text(plan));
}

Plan read_plan(const std::filesystem::path& path) {
  return plan_from_json(read_json(path), path.string());
}

}  // namespace ompq
