// SPDX-License-Identifier: MIT
#include "ompq/data/preprocess.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/npy.h"

namespace ompq {
namespace {

constexpr std::int64_t kColours = 3;

/// Brightness of a pixel by ITU-R 601, in 16-bit fixed point.
/// @source Pillow's conversion from RGB to L
std::uint8_t grey_level(const std::uint8_t* pixel) {
  constexpr std::uint32_t kHalf = 0x8000;
  const std::uint32_t sum =
      19595U * pixel[0] + 38470U * pixel[1] + 7471U * pixel[2] + kHalf;
  return static_cast<std::uint8_t>(sum >> 16U);
}

/// [C, H, W] -> [H, W, C].
void transpose_to_nhwc(
    std::span<const float> source,
    std::int64_t channels,
    std::span<float> destination) {
  const auto pixels = static_cast<std::int64_t>(source.size()) / channels;
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      destination[static_cast<std::size_t>(pixel * channels + channel)] =
          source[static_cast<std::size_t>(channel * pixels + pixel)];
    }
  }
}

}  // namespace

Preprocessor::Preprocessor(
    const Preprocessing& preprocessing,
    std::vector<std::int64_t> input_shape,
    BatchLayout layout)
    : preprocessing_(preprocessing),
      input_shape_(std::move(input_shape)),
      layout_(layout),
      element_count_(std::accumulate(
          input_shape_.begin(),
          input_shape_.end(),
          std::int64_t{1},
          std::multiplies<>())) {
  check_preprocessing(preprocessing);
  OMPQ_CHECK(
      std::ranges::all_of(input_shape_, [](auto size) { return size >= 1; }),
      ErrorCode::InvalidArgument,
      "[preprocess] input shape {} has a size below 1; set the size of "
      "dynamic dimensions",
      shape_text(input_shape_));
  for (std::size_t channel = 0; channel < levels_.size(); ++channel) {
    for (std::size_t value = 0; value < levels_[channel].size(); ++value) {
      levels_[channel][value] = static_cast<float>(
          (preprocessing.scale * static_cast<double>(value) -
           preprocessing.mean[channel]) /
          preprocessing.std[channel]);
    }
  }
}

void Preprocessor::write(
    const Sample& sample,
    std::string_view name,
    std::span<float> destination) const {
  OMPQ_ASSERT(
      std::cmp_equal(destination.size(), element_count_),
      "a row of the batch has the input's size");
  if (sample.image) {
    write_image(*sample.image, name, destination);
  } else {
    write_tensor(sample, name, destination);
  }
}

void Preprocessor::write_image(
    const Image& image,
    std::string_view name,
    std::span<float> destination) const {
  OMPQ_CHECK(
      input_shape_.size() == 3 &&
          (input_shape_[0] == 1 || input_shape_[0] == kColours),
      ErrorCode::ShapeMismatch,
      "{}: an image fits an input of shape [1, H, W] or [3, H, W], but the "
      "model's is {}; give .npy data of that shape",
      name,
      shape_text(input_shape_));
  const ImageSize size{image.height, image.width};
  const Geometry geometry = plan_geometry(
      size, preprocessing_, {input_shape_[1], input_shape_[2]}, name);
  if (geometry.resized == size && geometry.window.size == size) {
    write_pixels(image, destination);
    return;
  }
  write_pixels(
      resize_and_crop(image, geometry.resized, geometry.window), destination);
}

void Preprocessor::write_pixels(
    const Image& image, std::span<float> destination) const {
  const std::uint8_t* pixel = image.pixels.data();
  const std::int64_t pixels = image.height * image.width;
  float* out = destination.data();
  if (input_shape_[0] == 1) {
    for (std::int64_t i = 0; i < pixels; ++i) {
      out[i] = levels_[0][grey_level(pixel + i * kColours)];
    }
    return;
  }
  // Channel c of the network is colour c, or 2 - c for BGR.
  const bool is_bgr = preprocessing_.channel_order == ChannelOrder::Bgr;
  const std::int64_t first = is_bgr ? 2 : 0;
  const std::int64_t last = is_bgr ? 0 : 2;
  const bool is_nhwc = layout_ == BatchLayout::Nhwc;
  const std::int64_t step = is_nhwc ? kColours : 1;
  const std::int64_t plane = is_nhwc ? 1 : pixels;
  for (std::int64_t i = 0; i < pixels; ++i, pixel += kColours) {
    out[i * step] = levels_[0][pixel[first]];
    out[i * step + plane] = levels_[1][pixel[1]];
    out[i * step + 2 * plane] = levels_[2][pixel[last]];
  }
}

void Preprocessor::write_tensor(
    const Sample& sample,
    std::string_view name,
    std::span<float> destination) const {
  OMPQ_ASSERT(sample.tensor, "a sample holds an image or a tensor");
  OMPQ_CHECK(
      sample.shape == input_shape_,
      ErrorCode::ShapeMismatch,
      "{}: shape {}, but the model's input is {} (without the batch)",
      name,
      shape_text(sample.shape),
      shape_text(input_shape_));
  const std::vector<float>& values = *sample.tensor;
  const auto bad = std::ranges::find_if(
      values, [](float value) { return !std::isfinite(value); });
  OMPQ_CHECK(
      bad == values.end(),
      ErrorCode::InvalidData,
      "{}: element {} is {}; the data must be finite float32 numbers",
      name,
      bad - values.begin(),
      *bad);
  if (layout_ == BatchLayout::Nhwc && input_shape_.size() == 3) {
    transpose_to_nhwc(values, input_shape_[0], destination);
  } else {
    std::ranges::copy(values, destination.begin());
  }
}

std::vector<float> preprocess(
    const Sample& sample,
    const Preprocessing& preprocessing,
    const std::vector<std::int64_t>& input_shape,
    std::string_view name) {
  const Preprocessor preprocessor(preprocessing, input_shape);
  std::vector<float> input(
      static_cast<std::size_t>(preprocessor.element_count()));
  preprocessor.write(sample, name, input);
  return input;
}

}  // namespace ompq
