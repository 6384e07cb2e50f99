// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/data/synthetic_dataset.h"

#include "tests/cli/quantize_fixture.h"

namespace ompq {

/// `ompq train` through the program, on the bundled example with a few of its
/// pictures.
class TrainFixture : public QuantizeFixture {
 protected:
  TrainFixture() {
    std::filesystem::copy_file(
        std::filesystem::path(OMPQ_SOURCE_DIR) /
            "examples/bundled/shapes10.onnx",
        model(),
        std::filesystem::copy_options::overwrite_existing);
    constexpr std::int64_t kPictures = 64;
    const SyntheticDataset pictures({.size = kPictures});
    std::vector<std::uint8_t> pixels;
    std::vector<std::int64_t> classes;
    for (std::int64_t i = 0; i < kPictures; ++i) {
      const Sample sample = pictures.get(i);
      pixels.insert(
          pixels.end(),
          sample.image->pixels.begin(),
          sample.image->pixels.end());
      classes.push_back(*sample.label);
    }
    const std::vector<std::int64_t> shape{kPictures, 32, 32, 3};
    write_npy(images(), shape, std::span<const std::uint8_t>(pixels));
    const std::vector<std::int64_t> count{kPictures};
    write_npy(labels(), count, std::span<const std::int64_t>(classes));
  }

  /// A short training from the float network, without labels.
  [[nodiscard]] std::vector<std::string> unlabelled_words(
      const std::vector<std::string>& flags) const {
    std::vector<std::string> words{
        OMPQ_PROGRAM,
        "train",
        model(),
        "--data",
        images(),
        "--preprocess",
        "symmetric",
        "--batch",
        "16",
        "--hold-out",
        "0.25",
        "--threads",
        "1",
        "-o",
        out()};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }

  [[nodiscard]] std::vector<std::string> train_words(
      const std::vector<std::string>& flags) const {
    std::vector<std::string> words = unlabelled_words({"--labels", labels()});
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }

  ProgramResult train(const std::vector<std::string>& flags) {
    return run_program(train_words(flags));
  }

  [[nodiscard]] Json history() const {
    return Json::parse(read_text(file("out/history.json")));
  }
};

}  // namespace ompq
