// SPDX-License-Identifier: MIT
//
// Decodes, resizes and crops the first images of a folder into one array, so
// that a benchmark measures computing and not decoding:
//
//   decode_images DATA SAMPLES SIDE OUT.npy      uint8 [SAMPLES, SIDE, SIDE, 3]

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "ompq/data/npy.h"
#include "ompq/data/open_dataset.h"
#include "ompq/data/preprocess.h"

namespace ompq {
namespace {

void decode(const std::vector<std::string>& arguments) {
  const auto dataset = open_dataset(arguments[1]);
  const std::int64_t samples =
      std::min<std::int64_t>(std::stoll(arguments[2]), dataset->size());
  const std::int64_t side = std::stoll(arguments[3]);
  const Preprocessor preprocessor(
      preprocessing_of(PreprocessingPreset::Raw),
      {3, side, side},
      BatchLayout::Nhwc);
  std::vector<float> row(
      static_cast<std::size_t>(preprocessor.element_count()));
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < samples; ++i) {
    preprocessor.write(dataset->get(i), dataset->name(i), row);
    for (const float value : row) {
      pixels.push_back(static_cast<std::uint8_t>(value + 0.5F));
    }
  }
  const std::vector<std::int64_t> shape{samples, side, side, 3};
  write_npy(arguments[4], shape, pixels);
}

}  // namespace
}  // namespace ompq

int main(int argc, char** argv) {
  try {
    if (argc != 5) {
      std::cerr << "usage: decode_images DATA SAMPLES SIDE OUT.npy\n";
      return 2;
    }
    ompq::decode({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
