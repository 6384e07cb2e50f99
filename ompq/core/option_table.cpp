// SPDX-License-Identifier: MIT
#include "ompq/core/option_table.h"

#include <cmath>

namespace ompq {
namespace {

std::string limits_text(double low, double high) {
  if (std::isfinite(low) && std::isfinite(high)) {
    return fmt::format("{} to {}", low, high);
  }
  if (std::isfinite(low)) {
    return fmt::format("at least {}", low);
  }
  if (std::isfinite(high)) {
    return fmt::format("at most {}", high);
  }
  return "";
}

}  // namespace

const OptionRecord* OptionTable::find(std::string_view name) const {
  for (const OptionRecord& record : records_) {
    if (record.name == name) {
      return &record;
    }
  }
  return nullptr;
}

void OptionTable::add(OptionRecord record, const OptionInfo& info) {
  OMPQ_ASSERT(
      find(record.name) == nullptr, "an option name is described twice");
  record.group = group_;
  const std::string text = record.text();
  record.default_text = text.empty() ? std::string(info.empty_means) : text;
  records_.push_back(std::move(record));
}

std::string range_text(const OptionRecord& record) {
  return limits_text(record.low, record.high);
}

namespace detail {

OptionRecord make_record(const OptionInfo& info, std::string_view placeholder) {
  OptionRecord record;
  record.name = info.name;
  record.letter = info.letter;
  record.help = info.help;
  record.unit = info.unit;
  record.placeholder =
      info.placeholder.empty() ? placeholder : info.placeholder;
  record.low = info.low;
  record.high = info.high;
  record.is_positional = info.is_positional;
  record.is_required = info.is_required;
  return record;
}

void check_range(double number, const OptionInfo& info) {
  OMPQ_CHECK(
      number >= info.low && number <= info.high,
      ErrorCode::InvalidArgument,
      "expected a number {}, got {}",
      std::isfinite(info.low) && std::isfinite(info.high)
          ? "from " + limits_text(info.low, info.high)
          : "of " + limits_text(info.low, info.high),
      number);
}

}  // namespace detail
}  // namespace ompq
