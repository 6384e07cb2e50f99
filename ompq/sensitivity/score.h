// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/option_text.h"

namespace ompq {

/// What makes a width of a layer good. docs/allocation.md has the formulas.
enum class Score {
  /// Balanced, or Sqnr where the network has no gradients; where a plan is
  /// solved again, the score that it was made by.
  Auto,
  /// The paper's: importance by orthogonality, linear in bits.
  Ompq,
  /// Importance by orthogonality times the error at the layer's output.
  OmpqError,
  /// Error at the layer's output against its variance.
  Sqnr,
  /// That error weighted by the squared gradient of each channel.
  Fisher,
  /// Geometric mean of Fisher and Sqnr.
  Balanced,
  /// Squared inner product of the gradient with the error, per image.
  Taylor,
  /// Mean curvature of the divergence over a layer's weights times their
  /// squared error.
  Hawq,
  /// Measured divergence of the network's output, one layer at a time.
  Kl,
  /// A control: every layer's bits count the same.
  Size,
  /// A control: widths that fall with a layer's size.
  SizeProjection,
  /// A control: coefficients drawn from the seed.
  Random,
  /// A control: one width for all layers.
  Uniform,
};

template <>
struct EnumNames<Score> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"auto"}, Score::Auto},
      std::pair{std::string_view{"ompq"}, Score::Ompq},
      std::pair{std::string_view{"ompq-error"}, Score::OmpqError},
      std::pair{std::string_view{"sqnr"}, Score::Sqnr},
      std::pair{std::string_view{"fisher"}, Score::Fisher},
      std::pair{std::string_view{"balanced"}, Score::Balanced},
      std::pair{std::string_view{"taylor"}, Score::Taylor},
      std::pair{std::string_view{"hawq"}, Score::Hawq},
      std::pair{std::string_view{"kl"}, Score::Kl},
      std::pair{std::string_view{"size"}, Score::Size},
      std::pair{std::string_view{"size-projection"}, Score::SizeProjection},
      std::pair{std::string_view{"random"}, Score::Random},
      std::pair{std::string_view{"uniform"}, Score::Uniform}};
};

/// What is measured for each layer and width.
enum class ErrorKind {
  /// Variance of the error at the layer's output over that of the output.
  Output,
  /// Expected divergence of the network's output, channels independent; nats.
  Fisher,
  /// Geometric mean of Output and Fisher.
  Balanced,
  /// Fisher with everything at a layer's output taken together; nats.
  Taylor,
  /// The same from the mean curvature over the weights alone; nats.
  Hessian,
  /// That divergence, measured; nats.
  Divergence,
};

template <>
struct EnumNames<ErrorKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"output"}, ErrorKind::Output},
      std::pair{std::string_view{"fisher"}, ErrorKind::Fisher},
      std::pair{std::string_view{"balanced"}, ErrorKind::Balanced},
      std::pair{std::string_view{"taylor"}, ErrorKind::Taylor},
      std::pair{std::string_view{"hessian"}, ErrorKind::Hessian},
      std::pair{std::string_view{"divergence"}, ErrorKind::Divergence}};
};

/// Error of each layer at each width, in bits; index = LayerId. Lower is
/// better, 0 = exact.
using LayerErrors = std::vector<std::map<int, double>>;

/// Errors of the layers at each width.
struct ErrorTables {
  /// Of rounding the weights of one layer.
  LayerErrors weights;
  /// Of rounding what one layer reads; empty if it was not measured. Counts the
  /// error at that layer's output only.
  LayerErrors activations;
};

/// The error that a score is made of, for Auto the one it tries first; absent =
/// it needs none.
[[nodiscard]] OMPQ_API std::optional<ErrorKind> error_of(Score score);

/// True if errors of this kind are measured of activations, too.
[[nodiscard]] OMPQ_API bool tells_activations(ErrorKind kind);

/// A score whose errors are of this kind.
[[nodiscard]] OMPQ_API Score score_of(ErrorKind kind);

/// True if the score needs the orthogonality of the layers.
[[nodiscard]] OMPQ_API bool needs_orthogonality(Score score);

/// True if the score needs calibration images.
[[nodiscard]] OMPQ_API bool needs_images(Score score);

/// True if the score gives every width of a layer a value; otherwise it gives
/// the plan as a whole.
[[nodiscard]] OMPQ_API bool has_values(Score score);

/// True if a layer's value is a coefficient times its bits.
[[nodiscard]] OMPQ_API bool is_linear(Score score);

}  // namespace ompq
