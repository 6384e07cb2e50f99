// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ompq/core/option_text.h"
#include "ompq/core/units.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/pipeline/budget_limits.h"

namespace ompq {

/// Bit widths to choose from, ascending, each once.
struct WidthChoices {
  std::vector<int> widths;

  friend bool operator==(const WidthChoices&, const WidthChoices&) = default;
};

/// Smallest and largest width that a file can store exactly.
inline constexpr std::int64_t kSmallestWidth = 2;
inline constexpr std::int64_t kLargestWidth = 8;

/// "2-8", "2,4,8" or "4".
template <>
struct OptionText<WidthChoices> {
  static constexpr std::string_view kPlaceholder = "BITS";

  static int parse_width(std::string_view text) {
    const std::int64_t width = parse_integer(text);
    OMPQ_CHECK(
        width >= kSmallestWidth && width <= kLargestWidth,
        ErrorCode::InvalidArgument,
        "a width must be from {} to {} bits, got {}",
        kSmallestWidth,
        kLargestWidth,
        width);
    return static_cast<int>(width);
  }

  static WidthChoices parse(std::string_view text) {
    WidthChoices choices;
    for (const std::string& part : split(text, ',')) {
      const std::size_t dash = part.find('-', 1);
      const bool is_range = dash != std::string::npos;
      const int low = parse_width(part.substr(0, dash));
      const int high = is_range ? parse_width(part.substr(dash + 1)) : low;
      OMPQ_CHECK(
          low <= high,
          ErrorCode::InvalidArgument,
          "the range '{}' ends below its beginning",
          part);
      for (int width = low; width <= high; ++width) {
        choices.widths.push_back(width);
      }
    }
    std::ranges::sort(choices.widths);
    const auto repeated = std::ranges::unique(choices.widths);
    choices.widths.erase(repeated.begin(), repeated.end());
    return choices;
  }

  static std::string print(const WidthChoices& choices) {
    const std::vector<int>& widths = choices.widths;
    const bool is_range =
        widths.size() > 2 &&
        widths.back() - widths.front() + 1 == static_cast<int>(widths.size());
    return is_range ? fmt::format("{}-{}", widths.front(), widths.back())
                    : fmt::format("{}", fmt::join(widths, ","));
  }
};

/// Widths of activations; none = they stay in float.
struct ActivationWidths {
  WidthChoices choices;

  friend bool operator==(const ActivationWidths&, const ActivationWidths&) =
      default;
};

template <>
struct OptionText<ActivationWidths> {
  static constexpr std::string_view kPlaceholder = "BITS|float";
  static ActivationWidths parse(std::string_view text) {
    return text == "float"
               ? ActivationWidths{}
               : ActivationWidths{OptionText<WidthChoices>::parse(text)};
  }
  static std::string print(const ActivationWidths& activation) {
    return activation.choices.widths.empty()
               ? "float"
               : OptionText<WidthChoices>::print(activation.choices);
  }
};

/// Width of the first and the last layer; absent = the search chooses.
struct EndWidth {
  std::optional<int> bits;

  friend bool operator==(const EndWidth&, const EndWidth&) = default;
};

template <>
struct OptionText<EndWidth> {
  static constexpr std::string_view kPlaceholder = "BITS|free";
  static EndWidth parse(std::string_view text) {
    return text == "free"
               ? EndWidth{}
               : EndWidth{OptionText<WidthChoices>::parse_width(text)};
  }
  static std::string print(const EndWidth& end) {
    return end.bits ? fmt::format("{}", *end.bits) : "free";
  }
};

/// A layer whose width is given.
struct PinnedLayer {
  std::string layer;
  int bits = 8;

  friend bool operator==(const PinnedLayer&, const PinnedLayer&) = default;
};

template <>
struct OptionText<PinnedLayer> {
  static constexpr std::string_view kPlaceholder = "LAYER=BITS";
  static PinnedLayer parse(std::string_view text) {
    const std::size_t equals = text.rfind('=');
    OMPQ_CHECK(
        equals != std::string_view::npos && equals > 0,
        ErrorCode::InvalidArgument,
        "expected LAYER=BITS, got '{}'",
        text);
    return {
        std::string(text.substr(0, equals)),
        OptionText<WidthChoices>::parse_width(text.substr(equals + 1))};
  }
  static std::string print(const PinnedLayer& pinned) {
    return fmt::format("{}={}", pinned.layer, pinned.bits);
  }
};

/// How --payload counts a layer's weights.
enum class PayloadRule { File, Paper };

template <>
struct EnumNames<PayloadRule> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"file"}, PayloadRule::File},
      std::pair{std::string_view{"paper"}, PayloadRule::Paper}};
};

/// How the weights and activations of the file will be laid out; its size
/// depends on it. The command that quantizes fills it in.
struct PackedLayout {
  ActivationSiteOptions sites;
  /// Inputs of Gemm and MatMul that share a scale; 0 = all.
  std::int64_t group_size = 0;
};

/// What a plan may use, and the widths it is made of.
struct BudgetOptions {
  std::optional<Bytes> size;
  std::optional<Bytes> payload;
  std::optional<double> average_bits;
  std::optional<BitOperationCount> bit_operations;
  std::optional<Bytes> activation_memory;
  std::optional<Bytes> memory;
  std::optional<Duration> latency;
  std::optional<std::filesystem::path> latency_table;
  WidthChoices bits{{2, 3, 4, 5, 6, 7, 8}};
  ActivationWidths activation_bits;
  std::vector<PinnedLayer> pins;
  EndWidth first_last{8};
  PayloadRule payload_rule = PayloadRule::File;
  /// Not an option of its own.
  PackedLayout layout;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        size,
        {.name = "size",
         .help = "largest size of the exported file, e.g. 1.5MiB"});
    visit(
        payload,
        {.name = "payload",
         .help = "largest sum of weights x bits, without scales and graph"});
    visit(
        average_bits,
        {.name = "avg-bits",
         .help = "largest payload over all quantizable weights",
         .unit = "bits",
         .low = 1,
         .high = 16});
    visit(
        bit_operations,
        {.name = "bit-ops",
         .help = "largest sum of MACs x weight bits x activation bits, e.g. "
                 "8G; activations in float count 32 bits"});
    visit(
        activation_memory,
        {.name = "activation-memory",
         .help =
             "largest sum of the tensors that a run needs at the same time, "
             "for one sample, e.g. 512KiB"});
    visit(
        memory,
        {.name = "total-memory",
         .help = "largest sum of those and all weights"});
    visit(
        latency,
        {.name = "latency",
         .help = "longest sum of the layers' times in --latency-table, e.g. "
                 "2.5ms"});
    visit(
        latency_table,
        {.name = "latency-table",
         .help = "file with the lines layer,weight_bits,activation_bits,time "
                 "(with unit); see 'ompq help latency'",
         .placeholder = "TABLE.csv"});
    visit(
        bits,
        {.name = "bits",
         .help = "widths to choose from: a range, a list, or one number for "
                 "all layers"});
    visit(
        activation_bits, {.name = "act-bits", .help = "widths of activations"});
    visit(
        pins,
        {.name = "pin", .help = "a layer's width, whatever the budget says"});
    visit(
        first_last,
        {.name = "first-last",
         .help = "width of the first and the last layer"});
    visit(
        payload_rule,
        {.name = "size-rule",
         .help = "what --payload counts: the weights, or as the paper also "
                 "two numbers for each output channel"});
  }

  /// True if anything is limited.
  [[nodiscard]] bool has_budget() const {
    return size.has_value() || payload.has_value() ||
           average_bits.has_value() || bit_operations.has_value() ||
           activation_memory.has_value() || memory.has_value() ||
           latency.has_value();
  }
};

}  // namespace ompq
