// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ompq/core/option_text.h"

namespace ompq {

/// Largest number of points of a front.
inline constexpr std::int64_t kMostPoints = 10'000;

/// Evenly spaced limits from `low` to `high`, both included.
template <typename T>
struct LimitRange {
  T low{};
  T high{};
  std::int64_t points = 0;

  friend bool operator==(const LimitRange&, const LimitRange&) = default;
};

/// "0.9MiB:2MiB:12" or "2:4:9".
template <typename T>
struct OptionText<LimitRange<T>> {
  static constexpr std::string_view kPlaceholder = "LOW:HIGH:POINTS";

  static LimitRange<T> parse(std::string_view text) {
    const std::vector<std::string> parts = split(text, ':');
    OMPQ_CHECK(
        parts.size() == 3,
        ErrorCode::InvalidArgument,
        "expected LOW:HIGH:POINTS, got '{}'",
        text);
    const LimitRange<T> range{
        OptionText<T>::parse(parts[0]),
        OptionText<T>::parse(parts[1]),
        parse_integer(parts[2])};
    OMPQ_CHECK(
        range.low < range.high && range.points >= 2 &&
            range.points <= kMostPoints,
        ErrorCode::InvalidArgument,
        "expected LOW below HIGH and 2 to {} points, got '{}'",
        kMostPoints,
        text);
    return range;
  }

  static std::string print(const LimitRange<T>& range) {
    return fmt::format(
        "{}:{}:{}",
        OptionText<T>::print(range.low),
        OptionText<T>::print(range.high),
        range.points);
  }
};

/// Which point of a front is taken.
struct PointChoice {
  /// Where the front bends most.
  struct Knee {
    friend bool operator==(Knee, Knee) = default;
  };
  /// The best point whose packed file is at most this large.
  struct AtMost {
    Bytes size;
    friend bool operator==(AtMost, AtMost) = default;
  };
  /// The smallest point whose predicted loss is at most this.
  struct Loss {
    double loss = 0.0;
    friend bool operator==(Loss, Loss) = default;
  };
  std::variant<Knee, AtMost, Loss> rule;

  friend bool operator==(const PointChoice&, const PointChoice&) = default;
};

template <>
struct OptionText<PointChoice> {
  static constexpr std::string_view kPlaceholder = "knee|size=SIZE|loss=X";

  static PointChoice parse(std::string_view text) {
    constexpr std::string_view kSize = "size=";
    constexpr std::string_view kLoss = "loss=";
    if (text == "knee") {
      return {PointChoice::Knee{}};
    }
    if (text.starts_with(kSize)) {
      return {PointChoice::AtMost{parse_bytes(text.substr(kSize.size()))}};
    }
    OMPQ_CHECK(
        text.starts_with(kLoss),
        ErrorCode::InvalidArgument,
        "expected knee, size=SIZE or loss=X, got '{}'",
        text);
    return {PointChoice::Loss{parse_number(text.substr(kLoss.size()))}};
  }

  static std::string print(const PointChoice& choice) {
    if (const auto* size = std::get_if<PointChoice::AtMost>(&choice.rule)) {
      return fmt::format("size={}", size->size.count);
    }
    if (const auto* loss = std::get_if<PointChoice::Loss>(&choice.rule)) {
      return fmt::format("loss={}", loss->loss);
    }
    return "knee";
  }
};

/// Budgets of a front and the point that is taken. At most one range is given;
/// without any the average width runs from the smallest to the largest plan.
struct SweepOptions {
  std::optional<LimitRange<Bytes>> sizes;
  std::optional<LimitRange<Bytes>> payloads;
  std::optional<LimitRange<double>> averages;
  PointChoice pick;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        sizes,
        {.name = "sizes",
         .help = "the packed file's size from LOW to HIGH, e.g. "
                 "0.9MiB:2MiB:12"});
    visit(
        payloads,
        {.name = "payloads",
         .help = "the sum of weights x bits from LOW to HIGH"});
    visit(
        averages,
        {.name = "averages",
         .help = "bits per weight from LOW to HIGH, e.g. 2:4:9; without any "
                 "range: from the smallest to the largest plan, 25 points"});
    visit(
        pick,
        {.name = "pick",
         .help = "the point to take: where the front bends most, the best one "
                 "within a size of the file, or the smallest one within a "
                 "predicted loss"});
  }
};

}  // namespace ompq
