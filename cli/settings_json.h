// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/json_file.h"
#include "ompq/core/option_table.h"

namespace ompq {

/// Every option of a command by name, as a record keeps them.
template <typename Options>
[[nodiscard]] Json settings_json(Options options) {
  OptionTable table;
  options.describe(table);
  Json json = Json::object();
  for (const OptionRecord& record : table.records()) {
    json[record.name] = record.text();
  }
  return json;
}

}  // namespace ompq
