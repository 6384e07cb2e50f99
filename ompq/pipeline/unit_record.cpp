// SPDX-License-Identifier: MIT
#include "ompq/pipeline/unit_record.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ompq/core/sha256.h"

namespace ompq {
namespace {

static_assert(
    std::endian::native == std::endian::little,
    "records are written as they lie in memory");

constexpr std::string_view kMagic = "OMPQUNIT";
constexpr std::uint32_t kFormat = 2;

/// Calls `visit` for every field of a record but codes; the same list serves
/// writing and reading.
template <typename Visitor, typename Weight>
void visit_weight(Visitor& visit, Weight& weight) {
  visit(weight.grid.bits);
  visit(weight.grid.is_signed);
  visit.codes(weight.grid, weight.codes);
  visit(weight.shape);
  visit(weight.axis);
  visit(weight.group_size);
  visit(weight.group_axis);
  visit(weight.scales);
  visit(weight.zero_points);
}

template <typename Visitor, typename Report>
void visit_report(Visitor& visit, Report& report) {
  visit(report.name);
  visit(report.layers);
  visit(report.sqnr_before_db);
  visit(report.sqnr_after_db);
  visit(report.iterations);
  visit(report.seconds);
  visit.list(report.losses, [&](auto& point) {
    visit(point.step);
    visit(point.loss);
  });
}

template <typename Visitor, typename Result>
void visit_result(Visitor& visit, Result& result) {
  visit.list(result.layers, [&](auto& layer) {
    visit(layer.name);
    visit_weight(visit, layer.weight);
    visit(layer.bias);
  });
  visit.list(result.activations, [&](auto& activation) {
    visit(activation.value);
    visit(activation.grid.bits);
    visit(activation.grid.is_signed);
    visit(activation.parameters.scale);
    visit(activation.parameters.zero_point);
  });
  visit_report(visit, result.report);
  visit.list(result.layer_reports, [&](auto& report) {
    visit(report.name);
    visit(report.sqnr_before_db);
    visit(report.sqnr_db);
  });
}

template <typename Number>
void append(std::string& bytes, Number number) {
  static_assert(std::is_trivially_copyable_v<Number>);
  char raw[sizeof(Number)];
  std::memcpy(raw, &number, sizeof(Number));
  bytes.append(raw, sizeof(Number));
}

class Writer {
 public:
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number number) { append(bytes, number); }

  void operator()(const std::string& text) {
    append(bytes, std::uint64_t{text.size()});
    bytes += text;
  }

  template <typename Number>
  void operator()(const std::vector<Number>& numbers) {
    list(numbers, [&](Number number) { append(bytes, number); });
  }

  template <typename Element, typename Visit>
  void list(const std::vector<Element>& elements, Visit visit) {
    append(bytes, std::uint64_t{elements.size()});
    for (const Element& element : elements) {
      visit(element);
    }
  }

  void codes(const IntegerGrid& grid, const std::vector<std::int32_t>& codes) {
    list(codes, [&](std::int32_t code) {
      const std::int32_t step = code - grid.lowest();
      if (grid.bits <= 8) {
        append(bytes, static_cast<std::uint8_t>(step));
      } else {
        append(bytes, static_cast<std::uint16_t>(step));
      }
    });
  }

  std::string bytes;
};

/// Reads as long as there are bytes; afterwards everything is zero and
/// `is_valid` false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest(bytes) {}

  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number& number) { number = take<Number>(); }

  void operator()(std::string& text) {
    const std::size_t size = length(1);
    text = rest.substr(0, size);
    rest.remove_prefix(size);
  }

  template <typename Number>
  void operator()(std::vector<Number>& numbers) {
    numbers.resize(length(sizeof(Number)));
    for (Number& number : numbers) {
      number = take<Number>();
    }
  }

  template <typename Element, typename Visit>
  void list(std::vector<Element>& elements, Visit visit) {
    elements.resize(length(1));
    for (Element& element : elements) {
      visit(element);
    }
  }

  void codes(const IntegerGrid& grid, std::vector<std::int32_t>& codes) {
    const bool is_narrow = grid.bits <= 8;
    is_valid = is_valid && grid.bits >= 1 && grid.bits <= 16;
    codes.resize(length(is_narrow ? 1 : 2));
    for (std::int32_t& code : codes) {
      code = grid.lowest() +
             (is_narrow ? take<std::uint8_t>() : take<std::uint16_t>());
    }
  }

  template <typename Number>
  Number take() {
    Number number{};
    is_valid = is_valid && rest.size() >= sizeof(Number);
    if (is_valid) {
      std::memcpy(&number, rest.data(), sizeof(Number));
      rest.remove_prefix(sizeof(Number));
    }
    return number;
  }

  /// Number of elements that follow, each of at least `bytes` bytes.
  std::size_t length(std::size_t bytes) {
    const auto count = take<std::uint64_t>();
    is_valid = is_valid && count <= rest.size() / bytes;
    return is_valid ? static_cast<std::size_t>(count) : 0;
  }

  std::string_view rest;
  bool is_valid = true;
};

}  // namespace

std::string write_unit_record(
    std::size_t index, std::string_view run, const UnitResult& result) {
  Writer payload;
  visit_result(payload, result);
  std::string bytes(kMagic);
  append(bytes, kFormat);
  append(bytes, std::uint64_t{index});
  bytes += run;
  append(bytes, std::uint64_t{payload.bytes.size()});
  bytes += payload.bytes;
  return bytes + sha256(bytes);
}

std::optional<UnitResult> read_unit_record(
    std::string_view bytes, std::size_t index, std::string_view run) {
  if (bytes.size() < kMagic.size() + kSha256Bytes) {
    return std::nullopt;
  }
  const std::string_view signed_part =
      bytes.substr(0, bytes.size() - kSha256Bytes);
  if (!signed_part.starts_with(kMagic) ||
      sha256(signed_part) != bytes.substr(signed_part.size())) {
    return std::nullopt;
  }
  Reader reader(signed_part.substr(kMagic.size()));
  const bool is_known = reader.take<std::uint32_t>() == kFormat &&
                        reader.take<std::uint64_t>() == index &&
                        reader.rest.starts_with(run);
  if (!is_known) {
    return std::nullopt;
  }
  reader.rest.remove_prefix(run.size());
  const std::size_t size = reader.length(1);
  UnitResult result;
  const bool has_length = reader.is_valid && size == reader.rest.size();
  if (has_length) {
    visit_result(reader, result);
  }
  const bool is_whole = has_length && reader.is_valid && reader.rest.empty();
  return is_whole ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace ompq
