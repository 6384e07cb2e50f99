// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ompq/core/option_text.h"

namespace ompq {

/// Where tensors live.
enum class DeviceKind { Cpu, Cuda };

template <>
struct EnumNames<DeviceKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"cpu"}, DeviceKind::Cpu},
      std::pair{std::string_view{"cuda"}, DeviceKind::Cuda}};
};

/// What every run with tensors can set.
struct RunOptions {
  std::uint64_t seed = 0;
  std::int64_t threads = 0;
  DeviceKind device = DeviceKind::Cpu;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        seed,
        {.name = "seed",
         .help = "start of every random choice; the same seed gives the same "
                 "result",
         .low = 0});
    visit(
        threads,
        {.name = "threads",
         .help = "threads to use, 0 = one for each processor; only what "
                 "quantize learns depends on it, in the last digits",
         .low = 0,
         .high = 1024});
    visit(device, {.name = "device", .help = "where to compute"});
  }
};

/// Full shape for one input of a model.
struct InputShape {
  std::string name;
  std::vector<std::int64_t> shape;

  friend bool operator==(const InputShape&, const InputShape&) = default;
};

/// "NAME=1,3,224,224"
template <>
struct OptionText<InputShape> {
  static constexpr std::string_view kPlaceholder = "NAME=DIMS";
  static InputShape parse(std::string_view text) {
    const std::size_t equals = text.rfind('=');
    OMPQ_CHECK(
        equals != std::string_view::npos && equals > 0,
        ErrorCode::InvalidArgument,
        "expected NAME=DIMS such as data=1,3,224,224; got '{}'",
        text);
    InputShape result{std::string(text.substr(0, equals)), {}};
    for (const std::string& part : split(text.substr(equals + 1), ',')) {
      const std::int64_t dimension = parse_integer(part);
      OMPQ_CHECK(
          dimension >= 1,
          ErrorCode::InvalidArgument,
          "dimension {} in '{}' is not at least 1",
          dimension,
          text);
      result.shape.push_back(dimension);
    }
    return result;
  }
  static std::string print(const InputShape& input) {
    return fmt::format("{}={}", input.name, fmt::join(input.shape, ","));
  }
};

/// The model and what it leaves open.
struct ModelOptions {
  std::filesystem::path model;
  std::vector<InputShape> input_shapes;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        model,
        {.name = "model",
         .help = "ONNX file",
         .placeholder = "MODEL",
         .is_positional = true,
         .is_required = true});
    visit(
        input_shapes,
        {.name = "input-shape",
         .help = "shape of an input whose dimensions the file leaves open",
         .empty_means = "as in the file"});
  }
};

}  // namespace ompq
