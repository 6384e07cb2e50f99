// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

#include "ompq/core/units.h"
#include "ompq/pipeline/run_options.h"

#include "cli/command.h"

namespace ompq {

/// Everything `ompq demo` can be told.
struct DemoOptions {
  Bytes size{160 * 1024};
  std::int64_t images = 1000;
  std::int64_t samples = 128;
  /// Show quantization-aware training as well.
  bool train = false;
  RunOptions run;
  std::filesystem::path output = "ompq-demo";

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(size, {.name = "size", .help = "largest size of the exported file"});
    visit(
        images,
        {.name = "images",
         .help = "test pictures for the accuracy",
         .low = 1,
         .high = 10000});
    visit(
        samples,
        {.name = "samples",
         .help = "pictures that the network is quantized on",
         .low = 2,
         .high = 10000});
    visit(
        train,
        {.name = "train",
         .help = "also train the network with weights of 2 bits for one epoch; "
                 "takes about a minute"});
    run.describe(visit);
    visit(
        output,
        {.name = "output",
         .help = "folder for the network, the plan and the report",
         .placeholder = "OUT/",
         .letter = "o"});
  }
};

/// Runs the command; in the program without tensors, hands over to the one
/// that has them.
void run_demo(const DemoOptions& options, const Invocation& invocation);

}  // namespace ompq
