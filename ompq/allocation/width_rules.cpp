// SPDX-License-Identifier: MIT
#include "ompq/allocation/width_rules.h"

#include <algorithm>
#include <charconv>

#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"

namespace ompq {
namespace {

void check_width(const std::string& what, int bits) {
  OMPQ_CHECK(
      bits >= kMinPlanBits && bits <= kMaxPlanBits,
      ErrorCode::InvalidArgument,
      "{}: expected a width from {} to {} bits, got {}",
      what,
      kMinPlanBits,
      kMaxPlanBits,
      bits);
}

std::vector<int> checked(const std::string& what, std::vector<int> widths) {
  OMPQ_CHECK(
      !widths.empty(),
      ErrorCode::InvalidArgument,
      "{}: expected at least one width",
      what);
  for (const int bits : widths) {
    check_width(what, bits);
  }
  std::ranges::sort(widths);
  widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
  return widths;
}

template <typename Rules>
void check_names(
    const char* rule, const LayerTable& layers, const Rules& rules) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) {
    names.push_back(layer.name);
  }
  for (const auto& [name, value] : rules) {
    OMPQ_CHECK(
        std::ranges::find(names, name) != names.end(),
        ErrorCode::InvalidArgument,
        "{}: the model has no quantizable layer '{}'{}",
        rule,
        name,
        did_you_mean(name, names));
  }
}

int parse_width(std::string_view part, std::string_view text) {
  int bits = 0;
  const auto [end, problem] =
      std::from_chars(part.data(), part.data() + part.size(), bits);
  OMPQ_CHECK(
      problem == std::errc{} && end == part.data() + part.size(),
      ErrorCode::InvalidArgument,
      "expected widths such as 2-8, 2,4,8 or 3, got '{}'",
      text);
  check_width("widths '" + std::string(text) + "'", bits);
  return bits;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::vector<int> parse_widths(std::string_view text) {
  std::vector<int> widths;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = trimmed(rest.substr(0, comma));
    const std::size_t dash = part.find('-');
    const int low = parse_width(trimmed(part.substr(0, dash)), text);
    const int high = dash == std::string_view::npos
                         ? low
                         : parse_width(trimmed(part.substr(dash + 1)), text);
    OMPQ_CHECK(
        low <= high,
        ErrorCode::InvalidArgument,
        "widths '{}': the range {}-{} runs backwards",
        text,
        low,
        high);
    for (int bits = low; bits <= high; ++bits) {
      widths.push_back(bits);
    }
    if (comma == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(comma + 1);
  }
  return checked(std::string(text), std::move(widths));
}

std::vector<LayerWidths> layer_widths(
    const LayerTable& layers, const WidthRules& rules) {
  check_names("pin", layers, rules.pins);
  check_names("layer widths", layers, rules.layer_weight_bits);
  const std::vector<int> common = checked("weight widths", rules.weight_bits);
  std::vector<LayerWidths> result;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string& name = layers[i].name;
    const bool is_end = i == 0 || i + 1 == layers.size();
    const auto pin = rules.pins.find(name);
    const auto own = rules.layer_weight_bits.find(name);
    if (pin != rules.pins.end()) {
      result.push_back(
          {checked("pin " + name, {pin->second}), WidthOrigin::Pinned});
    } else if (is_end && rules.first_last_bits) {
      result.push_back(
          {checked("first and last layer", {*rules.first_last_bits}),
           WidthOrigin::FirstLast});
    } else if (own != rules.layer_weight_bits.end()) {
      result.push_back({checked(name, own->second), WidthOrigin::Free});
    } else {
      result.push_back({common, WidthOrigin::Free});
    }
  }
  return result;
}

}  // namespace ompq
