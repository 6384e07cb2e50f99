// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/data/npy.h"
#include "ompq/graph/onnx_file.h"

#include "tests/cli/small_network.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {

/// A tiny network with images and labels in a folder of its own.
class SearchCommand : public ::testing::Test {
 protected:
  SearchCommand() {
    constexpr std::int64_t kImages = 12;
    write_onnx(small_network(), model());
    std::vector<std::uint8_t> pixels(kImages * 8 * 8 * 3);
    std::uint32_t state = 7;
    for (std::uint8_t& pixel : pixels) {
      state = state * 1664525U + 1013904223U;
      pixel = static_cast<std::uint8_t>(state >> 24U);
    }
    const std::vector<std::int64_t> shape{kImages, 8, 8, 3};
    write_npy(images(), shape, std::span<const std::uint8_t>(pixels));
    std::vector<std::int64_t> classes(kImages);
    for (std::int64_t i = 0; i < kImages; ++i) {
      classes[static_cast<std::size_t>(i)] = i % 3;
    }
    const std::vector<std::int64_t> count{kImages};
    write_npy(labels(), count, std::span<const std::int64_t>(classes));
  }

  [[nodiscard]] std::string file(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] std::string model() const { return file("small.onnx"); }
  [[nodiscard]] std::string images() const { return file("images.npy"); }
  [[nodiscard]] std::string labels() const { return file("labels.npy"); }

  ProgramResult ompq(
      const std::string& command, const std::vector<std::string>& flags) {
    std::vector<std::string> words{OMPQ_PROGRAM, command, model()};
    words.insert(words.end(), flags.begin(), flags.end());
    return run_program(words);
  }

  TempDir folder_;
};

}  // namespace ompq
