// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"

namespace ompq {

/// Order of the elements of a batch of pictures in memory.
enum class BatchLayout {
  /// [N, C, H, W], row-major.
  Nchw,
  /// [N, H, W, C], row-major (torch's channels_last).
  Nhwc,
};

/// Turns samples into network inputs. Thread-safe: all functions are const.
class OMPQ_API Preprocessor {
 public:
  /// @param input_shape  of one example as the network takes it, e.g. [C, H,
  /// W];
  ///                     pictures need [1, H, W] (grey) or [3, H, W]
  /// @param layout       order of the elements that write() leaves
  /// @throws Error{InvalidArgument}  see check_preprocessing(); or a size of
  ///                                 the shape is below 1
  Preprocessor(
      const Preprocessing& preprocessing,
      std::vector<std::int64_t> input_shape,
      BatchLayout layout = BatchLayout::Nchw);

  /// Number of float32 values of one example.
  [[nodiscard]] std::int64_t element_count() const { return element_count_; }

  /// Writes one example into its row of a batch buffer.
  ///
  /// The destination is a parameter, against the library's habit, since rows of
  /// a batch that is fed many times must not be allocated one by one.
  ///
  /// Pictures are resized and cropped (plan_geometry()), reduced to luma for a
  /// network with one channel, and normalised; arrays are copied.
  ///
  /// @param name         what errors call the example
  /// @param destination  element_count() values
  /// @throws Error{ShapeMismatch}  the sample does not fit the input shape
  /// @throws Error{InvalidData}    picture too small, or a value that is not
  ///                               finite
  void write(
      const Sample& sample,
      std::string_view name,
      std::span<float> destination) const;

 private:
  void write_image(
      const Image& image,
      std::string_view name,
      std::span<float> destination) const;
  void write_pixels(const Image& image, std::span<float> destination) const;
  void write_tensor(
      const Sample& sample,
      std::string_view name,
      std::span<float> destination) const;

  Preprocessing preprocessing_;
  std::vector<std::int64_t> input_shape_;
  BatchLayout layout_;
  std::int64_t element_count_;
  /// [channel][pixel value] -> network input.
  std::array<std::array<float, 256>, 3> levels_{};
};

/// One example as a network input of shape `input_shape`, row-major; see
/// Preprocessor.
[[nodiscard]] OMPQ_API std::vector<float> preprocess(
    const Sample& sample,
    const Preprocessing& preprocessing,
    const std::vector<std::int64_t>& input_shape,
    std::string_view name);

}  // namespace ompq
