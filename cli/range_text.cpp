// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/plan_text.h"
#include "cli/table.h"

namespace ompq {
namespace {

Json totals_json(const PlanTotals& totals) {
  Json json = Json::object();
  json["file_bytes"] = totals.file_bytes;
  json["payload_bytes"] = totals.payload_bytes;
  json["average_bits"] = totals.average_bits;
  json["bit_operations"] = totals.bit_operations;
  return json;
}

}  // namespace

Json to_json(const PlanRange& range) {
  Json json = Json::object();
  json["smallest"] = totals_json(range.smallest);
  json["largest"] = totals_json(range.largest);
  return json;
}

std::string to_text(const PlanRange& range, std::int64_t width) {
  Table table(
      {{.title = "plan"},
       {.title = "file at most", .is_number = true},
       {.title = "payload", .is_number = true},
       {.title = "bits per weight", .is_number = true},
       {.title = "bit operations", .is_number = true}});
  const auto add = [&](std::string name, const PlanTotals& totals) {
    table.add_row(
        {std::move(name),
         format_bytes(Bytes{totals.file_bytes}),
         format_bytes(Bytes{totals.payload_bytes}),
         fmt::format("{:.2f}", totals.average_bits),
         format_si(totals.bit_operations)});
  };
  add("smallest", range.smallest);
  add("largest", range.largest);
  return table.render(width);
}

}  // namespace ompq
