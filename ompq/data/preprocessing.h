// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/data/resize.h"

namespace ompq {

/// Order of the three colour channels that a network was trained with.
enum class ChannelOrder { Rgb, Bgr };

/// Named sets of scale, mean and standard deviation.
enum class PreprocessingPreset {
  /// x / 255, then mean (0.485, 0.456, 0.406), std (0.229, 0.224, 0.225).
  ImageNet,
  /// x / 255, then mean (0.4914, 0.4822, 0.4465), std (0.2470, 0.2435,
  /// 0.2616).
  Cifar10,
  /// x / 255, in [0, 1].
  Unit,
  /// x / 127.5 - 1, in [-1, 1].
  Symmetric,
  /// x, in [0, 255].
  Raw,
};

/// What one step of geometry (resize, crop) does.
struct SizeRule {
  enum class Kind {
    /// As the network's input size asks; see plan_geometry().
    Auto,
    /// Nothing.
    None,
    /// To `side` pixels.
    Side,
  };
  Kind kind = Kind::Auto;
  /// Pixels, for Kind::Side.
  std::int64_t side = 0;

  friend bool operator==(const SizeRule&, const SizeRule&) = default;
};

/// From a picture to what the network reads; part of the plan.
///
///   input[c] = (scale * pixel[c] - mean[c]) / std[c],  pixel in [0, 255]
///
/// Arrays of floating-point numbers are fed as they are.
struct Preprocessing {
  double scale = 1.0 / 255.0;
  /// Per channel of the network, that is after `channel_order`; a network with
  /// one channel uses the first.
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> std = {0.229, 0.224, 0.225};
  ChannelOrder channel_order = ChannelOrder::Rgb;
  /// Pixels of the shorter side before the crop.
  SizeRule resize = {};
  /// Pixels of both sides of the centre crop.
  SizeRule crop = {};

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

/// The preset's numbers, with geometry left to the network's input size.
[[nodiscard]] OMPQ_API Preprocessing
preprocessing_of(PreprocessingPreset preset);

/// Parses imagenet, cifar10, unit, symmetric or raw.
///
/// @throws Error{InvalidArgument}  unknown; lists the allowed names
[[nodiscard]] OMPQ_API PreprocessingPreset
parse_preprocessing_preset(std::string_view text);

/// Parses rgb or bgr.
///
/// @throws Error{InvalidArgument}
[[nodiscard]] OMPQ_API ChannelOrder parse_channel_order(std::string_view text);

/// Parses auto, none or a number of pixels.
///
/// @throws Error{InvalidArgument}
[[nodiscard]] OMPQ_API SizeRule parse_size_rule(std::string_view text);

/// "rgb" or "bgr".
[[nodiscard]] OMPQ_API std::string to_string(ChannelOrder order);

/// "auto", "none" or the number of pixels.
[[nodiscard]] OMPQ_API std::string to_string(SizeRule rule);

/// @throws Error{InvalidArgument}  a number is not finite, scale or a standard
///                                 deviation is not positive, a side is < 1
OMPQ_API void check_preprocessing(const Preprocessing& preprocessing);

/// The fields as a JSON object.
[[nodiscard]] OMPQ_API Json to_json(const Preprocessing& preprocessing);

/// Reads what to_json() wrote.
///
/// @throws Error  with the reader's code and the field's name
[[nodiscard]] OMPQ_API Preprocessing
read_preprocessing(const JsonReader& reader);

/// How a picture reaches the network's size: a resize, then a crop.
struct Geometry {
  ImageSize resized;
  CropWindow window;
  friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// Applies the rules `resize` and `crop` to a picture of size `image` for a
/// network with input `target`.
///
/// - both Auto: a picture of the target's size stays as it is; any other is
///   resized so that it covers round(target / 0.875) and cropped to the target
/// - resize Side: the shorter side becomes `side`, whatever the size was
/// - a crop without a resize rounds half a pixel down, after one to even
/// - crop Side: the target must be `side` x `side`; Auto crops to the target
///   where the size differs; None leaves the size
///
/// @param name  what errors call the picture
/// @throws Error{InvalidData}    the picture is smaller than the crop
/// @throws Error{ShapeMismatch}  the rules lead to another size than `target`
[[nodiscard]] OMPQ_API Geometry plan_geometry(
    ImageSize image,
    const Preprocessing& preprocessing,
    ImageSize target,
    std::string_view name);

}  // namespace ompq
