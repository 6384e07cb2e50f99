// SPDX-License-Identifier: MIT
//
// Times one gradient step of every unit of a network against the same
// mathematics in separate operators of libtorch, step by step in turns:
//
//   reconstruct MODEL.onnx [--batch 32] [--threads 0] [--rounds 7]
//               [--weights 4] [--drop 0.5] [--only ompq] [--json]
//
// Inputs are random. Both sides learn the same variables on the same examples;
// before anything is timed, loss and gradients of both are compared and the
// program fails where they differ. --only ompq leaves the plain sides out, for
// the peak memory of one side. --json prints one line of JSON instead.

#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "ompq/core/json_file.h"
#include "ompq/engine/device.h"
#include "ompq/engine/memory_pool.h"

#include "unit_timing.h"

namespace ompq {
namespace {

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

UnitTimes total_of(const std::vector<UnitTimes>& units) {
  UnitTimes total{.name = "all units"};
  for (const UnitTimes& unit : units) {
    total.layers += unit.layers;
    total.ours += unit.ours;
    total.plain += unit.plain;
    total.plain_channels_last += unit.plain_channels_last;
    total.frontier += unit.frontier;
  }
  return total;
}

void print_row(const UnitTimes& unit) {
  fmt::print(
      "{:<36.36} {:>6} {:>9.2f} {:>9.2f} {:>9.2f} {:>6.2f} {:>6.2f} {:>9.2f}\n",
      unit.name,
      unit.layers,
      unit.ours,
      unit.plain,
      unit.plain_channels_last,
      unit.plain / unit.ours,
      unit.plain_channels_last / unit.ours,
      unit.frontier);
}

void print_table(const std::vector<UnitTimes>& units) {
  fmt::print(
      "{:<36} {:>6} {:>9} {:>9} {:>9} {:>6} {:>6} {:>9}\n",
      "unit",
      "layers",
      "ompq ms",
      "plain ms",
      "plain cl",
      "ratio",
      "cl",
      "frontier");
  for (const UnitTimes& unit : units) {
    print_row(unit);
  }
  print_row(total_of(units));
  fmt::print("peak memory {:.0f} MiB\n", peak_mebibytes());
}

void print_json(const std::vector<UnitTimes>& units) {
  Json rows = Json::array();
  for (const UnitTimes& unit : units) {
    rows.push_back(
        {{"name", unit.name},
         {"layers", unit.layers},
         {"ompq_ms", unit.ours},
         {"plain_ms", unit.plain},
         {"plain_channels_last_ms", unit.plain_channels_last},
         {"frontier_ms", unit.frontier}});
  }
  const Json result{{"units", rows}, {"peak_mebibytes", peak_mebibytes()}};
  fmt::print("{}\n", result.dump());
}

struct Arguments {
  UnitTimingSettings timing;
  bool is_json = false;
};

Arguments parse(const std::vector<std::string>& arguments) {
  Arguments result;
  UnitTimingSettings& settings = result.timing;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--json") {
      result.is_json = true;
    } else if (name.starts_with("--") && i + 1 < arguments.size()) {
      const std::string& value = arguments[++i];
      if (name == "--only") {
        settings.is_only_ours = value == "ompq";
      } else if (name == "--batch") {
        settings.batch = std::stoll(value);
      } else if (name == "--threads") {
        settings.threads = std::stoi(value);
      } else if (name == "--rounds") {
        settings.rounds = std::stoi(value);
      } else if (name == "--weights") {
        settings.weight_bits = std::stoi(value);
      } else if (name == "--drop") {
        settings.drop_probability = std::stod(value);
      } else {
        return {};
      }
    } else {
      settings.model = name;
    }
  }
  return result;
}

int run(const std::vector<std::string>& texts) {
  const auto [settings, is_json] = parse(texts);
  if (settings.model.empty()) {
    std::cerr << "usage: reconstruct MODEL.onnx [--batch 32] [--threads 0] "
                 "[--rounds 7] [--weights 4] [--drop 0.5] [--only ompq] "
                 "[--json]\n";
    return 2;
  }
  set_threads(settings.threads);
  use_pooled_memory();
  const std::vector<UnitTimes> units = time_units(settings);
  if (is_json) {
    print_json(units);
  } else {
    print_table(units);
  }
  return 0;
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    return ompq::run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
