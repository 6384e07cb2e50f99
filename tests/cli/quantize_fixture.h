// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/data/npy.h"
#include "ompq/graph/onnx_file.h"

#include "tests/cli/small_network.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {

/// `ompq quantize` through the program, on a tiny network and random pictures
/// of 8 x 8 pixels with labels.
class QuantizeFixture : public ::testing::Test {
 protected:
  QuantizeFixture() {
    write_onnx(small_network(), model());
    write_images("images.npy", 40);
    write_labels("labels.npy", 40);
  }

  void write_images(const std::string& name, std::int64_t count) {
    std::vector<std::uint8_t> pixels(
        static_cast<std::size_t>(count) * 8 * 8 * 3);
    std::uint32_t state = 7;
    for (std::uint8_t& pixel : pixels) {
      state = state * 1664525U + 1013904223U;
      pixel = static_cast<std::uint8_t>(state >> 24U);
    }
    const std::vector<std::int64_t> shape{count, 8, 8, 3};
    write_npy(file(name), shape, std::span<const std::uint8_t>(pixels));
  }

  void write_labels(const std::string& name, std::int64_t count) {
    std::vector<std::int64_t> classes(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < classes.size(); ++i) {
      classes[i] = static_cast<std::int64_t>(i % 3);
    }
    const std::vector<std::int64_t> shape{count};
    write_npy(file(name), shape, std::span<const std::int64_t>(classes));
  }

  [[nodiscard]] std::string file(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] std::string model() const { return file("small.onnx"); }
  [[nodiscard]] std::string images() const { return file("images.npy"); }
  [[nodiscard]] std::string labels() const { return file("labels.npy"); }
  [[nodiscard]] std::string out() const { return file("out"); }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(file(name));
  }
  [[nodiscard]] Json record() const {
    return Json::parse(read_text(file("out/record.json")));
  }

  /// The command line of a short run, with more flags.
  [[nodiscard]] std::vector<std::string> quantize_words(
      const std::vector<std::string>& flags) const {
    std::vector<std::string> words{
        OMPQ_PROGRAM,
        "quantize",
        model(),
        "--calib",
        images(),
        "--iterations",
        "3",
        "--joint-iterations",
        "2",
        "--threads",
        "1",
        "-o",
        out()};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }

  ProgramResult quantize(const std::vector<std::string>& flags) {
    return run_program(quantize_words(flags));
  }

  ProgramResult ompq(std::vector<std::string> words) {
    words.insert(words.begin(), OMPQ_PROGRAM);
    return run_program(words);
  }

  TempDir folder_;
};

}  // namespace ompq
