// SPDX-License-Identifier: MIT
#include "ompq/export/encoding_entry.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace ompq::detail {
namespace {

constexpr int kLeastBits = 2;
constexpr int kWidestGrid = 16;
constexpr int kWidestEntry = 32;

std::string read_choice(
    const JsonReader& field, std::initializer_list<const char*> known) {
  std::string text = field.as_string();
  if (std::ranges::find(known, text) == known.end()) {
    std::string list;
    for (const char* const one : known) {
      list += (list.empty() ? "" : ", ") + std::string(one);
    }
    field.fail_field(fmt::format("expected one of {}, got '{}'", list, text));
  }
  return text;
}

float read_scale(const JsonReader& field) {
  const auto scale = static_cast<float>(field.as_number());
  if (!std::isfinite(scale) || scale <= 0.0F) {
    field.fail_field(fmt::format(
        "expected a positive number that float32 holds, got {}",
        field.as_number()));
  }
  return scale;
}

/// Some writers give offsets as numbers with a decimal point.
std::int32_t read_zero_point(const JsonReader& field, const IntegerGrid& grid) {
  const double offset = field.as_number();
  if (offset != std::nearbyint(offset) || offset > 0 ||
      offset < -grid.highest()) {
    field.fail_field(fmt::format(
        "expected an integer from {} to 0, got {}", -grid.highest(), offset));
  }
  return static_cast<std::int32_t>(-offset);
}

void check_supported(
    const JsonReader& json, const std::string& kind, int bits) {
  if (kind == "LPBQ" || json.has("zero_point_shift")) {
    json.at("enc_type")
        .fail_field(
            "LPBQ and zero_point_shift are not supported; export the network "
            "with PER_TENSOR, PER_CHANNEL or PER_BLOCK");
  }
  if (bits > kWidestGrid) {
    json.at("bw").fail_field(fmt::format(
        "activations of {} bits are not supported; ompq runs {} to {}",
        bits,
        kLeastBits,
        kWidestGrid));
  }
}

void read_numbers(const JsonReader& json, EncodingEntry& entry) {
  const JsonReader scales = json.at("scale");
  for (std::size_t i = 0; i < scales.size(); ++i) {
    entry.scales.push_back(read_scale(scales.at(i)));
  }
  const JsonReader offsets = json.at("offset");
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    entry.zero_points.push_back(read_zero_point(offsets.at(i), entry.grid));
  }
}

}  // namespace

std::optional<EncodingEntry> read_encoding_entry(
    const JsonReader& json, bool is_parameter) {
  json.check_fields(
      {"name",
       "enc_type",
       "dtype",
       "bw",
       "is_sym",
       "block_size",
       "scale",
       "offset",
       "compressed_bw",
       "per_block_int_scale",
       "zero_point_shift"});
  EncodingEntry entry{.name = json.at("name").as_string()};
  entry.kind = read_choice(
      json.at("enc_type"), {"PER_TENSOR", "PER_CHANNEL", "PER_BLOCK", "LPBQ"});
  const std::string type = read_choice(json.at("dtype"), {"INT", "FLOAT"});
  const auto bits =
      static_cast<int>(json.at("bw").as_integer(kLeastBits, kWidestEntry));
  if (type == "FLOAT" || (is_parameter && bits > kWidestGrid)) {
    return std::nullopt;
  }
  check_supported(json, entry.kind, bits);
  entry.grid = {.bits = bits, .is_signed = false};
  read_numbers(json, entry);
  if (entry.kind == "PER_BLOCK") {
    entry.block_size =
        json.at("block_size").as_integer(1, std::int64_t{1} << 31);
  }
  return entry;
}

void check_lengths(
    const EncodingEntry& entry, const JsonReader& json, std::int64_t expected) {
  const auto check = [&](const char* key, std::size_t length) {
    if (static_cast<std::int64_t>(length) != expected) {
      json.at(key).fail_field(fmt::format(
          "expected {} numbers for {} of '{}', got {}",
          expected,
          entry.kind,
          entry.name,
          length));
    }
  };
  check("scale", entry.scales.size());
  check("offset", entry.zero_points.size());
}

}  // namespace ompq::detail
