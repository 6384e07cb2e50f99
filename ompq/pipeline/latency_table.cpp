// SPDX-License-Identifier: MIT
#include "ompq/pipeline/latency_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <memory>
#include <string_view>

#include "ompq/core/duration.h"
#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"
#include "ompq/core/option_text.h"

namespace ompq {
namespace {

constexpr int kAnyBits = 0;
constexpr double kPicoseconds = 1e12;
/// A year; keeps sums far inside 64 bits.
constexpr double kLongest_s = 3.2e7;
constexpr std::array<std::pair<std::string_view, double>, 4> kUnitColumns{
    {{"time_s", 1.0}, {"time_ms", 1e-3}, {"time_us", 1e-6}, {"time_ns", 1e-9}}};

/// A field and where it begins, counted from 1.
struct Field {
  std::string text;
  std::size_t column = 1;
};

std::vector<Field> fields_of(std::string_view line) {
  std::vector<Field> fields{{}};
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      fields.push_back({.text = {}, .column = i + 2});
    } else {
      fields.back().text += c;
    }
  }
  for (Field& field : fields) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t first = field.text.find_first_not_of(kBlanks);
    const std::size_t last = field.text.find_last_not_of(kBlanks);
    field.text = first == std::string::npos
                     ? std::string()
                     : field.text.substr(first, last - first + 1);
  }
  return fields;
}

[[noreturn]] void fail_field(
    const std::string& path,
    std::int64_t line,
    const Field& field,
    const std::string& problem) {
  fail(
      ErrorCode::InvalidData,
      "{}:{}:{}: {}, got '{}'",
      path,
      line,
      field.column,
      problem,
      field.text);
}

int parse_bits(const std::string& path, std::int64_t line, const Field& field) {
  try {
    const std::int64_t bits = parse_integer(field.text);
    if (bits >= kMinPlanBits && bits <= kMaxPlanBits) {
      return static_cast<int>(bits);
    }
  } catch (const Error&) {
    // Said below, with the place.
  }
  fail_field(
      path,
      line,
      field,
      fmt::format(
          "expected a width from {} to {} bits", kMinPlanBits, kMaxPlanBits));
}

double parse_seconds(
    const std::string& path,
    std::int64_t line,
    const Field& field,
    std::optional<double> unit_s) {
  try {
    const double seconds = unit_s ? parse_number(field.text) * *unit_s
                                  : parse_duration(field.text);
    if (seconds > 0.0 && seconds < kLongest_s) {
      return seconds;
    }
  } catch (const Error&) {
    // Said below, with the place.
  }
  fail_field(
      path,
      line,
      field,
      unit_s ? "expected a positive number without a unit"
             : "expected a positive time with its unit, such as 12.5us");
}

/// The unit of the column `time_...`; nullopt for `time`.
std::optional<double> read_header(
    const std::string& path, const std::string& line) {
  const std::vector<Field> fields = fields_of(line);
  const bool has_names = fields.size() == 4 && fields[0].text == "layer" &&
                         fields[1].text == "weight_bits" &&
                         fields[2].text == "activation_bits";
  if (has_names && fields[3].text == "time") {
    return std::nullopt;
  }
  for (const auto& [name, seconds] : kUnitColumns) {
    if (has_names && fields[3].text == name) {
      return seconds;
    }
  }
  fail_field(
      path,
      1,
      {.text = line},
      "expected the header layer,weight_bits,activation_bits,time (or time_s, "
      "time_ms, time_us, time_ns)");
}

}  // namespace

LatencyTable::LatencyTable(
    const std::filesystem::path& path, const LayerTable& layers)
    : path_(path.string()) {
  for (const Layer& layer : layers) {
    names_.push_back(layer.name);
    kinds_.emplace_back(to_string(layer.kind));
  }
  std::ifstream stream(path, std::ios::binary);
  OMPQ_CHECK(
      stream.good() && !std::filesystem::is_directory(path),
      ErrorCode::NotFound,
      "{}: no such file, or it may not be read",
      path_);
  std::string line;
  std::getline(stream, line);
  const std::optional<double> unit_s = read_header(path_, line);
  for (std::int64_t number = 2; std::getline(stream, line); ++number) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) {
      add(line, number, unit_s);
    }
  }
}

void LatencyTable::add(
    const std::string& line,
    std::int64_t number,
    std::optional<double> unit_s) {
  const std::vector<Field> fields = fields_of(line);
  if (fields.size() != 4) {
    fail_field(
        path_,
        number,
        {.text = line,
         .column = fields[std::min<std::size_t>(fields.size() - 1, 4)].column},
        fmt::format("expected 4 fields, not {}", fields.size()));
  }
  const std::string& name = fields[0].text;
  if (std::ranges::find(names_, name) == names_.end() &&
      std::ranges::find(kinds_, name) == kinds_.end()) {
    fail_field(
        path_,
        number,
        fields[0],
        "the network has no such layer" + did_you_mean(name, names_));
  }
  const int weight_bits = parse_bits(path_, number, fields[1]);
  const std::string& activation = fields[2].text;
  const int activation_bits = activation == "float" ? kFloatBits
                              : activation == "any"
                                  ? kAnyBits
                                  : parse_bits(path_, number, fields[2]);
  const double seconds = parse_seconds(path_, number, fields[3], unit_s);
  const auto [entry, is_new] = rows_[name].emplace(
      Widths{weight_bits, activation_bits},
      Row{.line = number, .picoseconds = std::llround(seconds * kPicoseconds)});
  if (!is_new) {
    fail_field(
        path_,
        number,
        fields[0],
        fmt::format(
            "line {} has these widths of this layer already",
            entry->second.line));
  }
}

const LatencyTable::Row* LatencyTable::find(
    const std::string& name, const LayerBits& bits) const {
  const auto found = rows_.find(name);
  if (found == rows_.end()) {
    return nullptr;
  }
  for (const int activation :
       {bits.activation_bits.value_or(kFloatBits), kAnyBits}) {
    const auto row = found->second.find({bits.weight_bits, activation});
    if (row != found->second.end()) {
      return &row->second;
    }
  }
  return nullptr;
}

std::int64_t LatencyTable::picoseconds(
    std::size_t layer, const LayerBits& bits) const {
  const Row* row = find(names_.at(layer), bits);
  if (row == nullptr) {
    row = find(kinds_.at(layer), bits);
  }
  OMPQ_CHECK(
      row != nullptr,
      ErrorCode::InvalidData,
      "{}: no row for layer '{}' ({}) with weights of {} bits and activations "
      "of {}; add it, or leave the width out of --bits and --act-bits",
      path_,
      names_[layer],
      kinds_[layer],
      bits.weight_bits,
      bits.activation_bits ? fmt::format("{} bits", *bits.activation_bits)
                           : "float");
  return row->picoseconds;
}

CostRow latency_row(
    const std::filesystem::path& path,
    const LayerTable& layers,
    const WidthRules& rules) {
  const auto table = std::make_shared<const LatencyTable>(path, layers);
  const std::vector<LayerWidths> widths = layer_widths(layers, rules);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const int weight_bits : widths[i].weight_bits) {
      for (const std::optional<int>& activation_bits : rules.activation_bits) {
        static_cast<void>(table->picoseconds(
            i,
            {.weight_bits = weight_bits, .activation_bits = activation_bits}));
      }
    }
  }
  return {
      .place = {},
      .fixed = 0,
      .cost = [table](std::size_t layer, const LayerBits& bits) {
        return table->picoseconds(layer, bits);
      }};
}

}  // namespace ompq
