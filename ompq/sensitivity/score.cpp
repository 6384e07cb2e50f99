// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/score.h"

namespace ompq {

std::optional<ErrorKind> error_of(Score score) {
  switch (score) {
    case Score::OmpqError:
    case Score::Sqnr:
      return ErrorKind::Output;
    case Score::Auto:
    case Score::Balanced:
      return ErrorKind::Balanced;
    case Score::Fisher:
      return ErrorKind::Fisher;
    case Score::Taylor:
      return ErrorKind::Taylor;
    case Score::Hawq:
      return ErrorKind::Hessian;
    case Score::Kl:
      return ErrorKind::Divergence;
    case Score::Ompq:
    case Score::Size:
    case Score::SizeProjection:
    case Score::Random:
    case Score::Uniform:
      break;
  }
  return std::nullopt;
}

bool tells_activations(ErrorKind kind) {
  return kind == ErrorKind::Output || kind == ErrorKind::Fisher ||
         kind == ErrorKind::Balanced;
}

Score score_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Output:
      return Score::Sqnr;
    case ErrorKind::Fisher:
      return Score::Fisher;
    case ErrorKind::Balanced:
      return Score::Balanced;
    case ErrorKind::Taylor:
      return Score::Taylor;
    case ErrorKind::Hessian:
      return Score::Hawq;
    case ErrorKind::Divergence:
      break;
  }
  return Score::Kl;
}

bool needs_orthogonality(Score score) {
  return score == Score::Ompq || score == Score::OmpqError;
}

bool needs_images(Score score) {
  return needs_orthogonality(score) || error_of(score).has_value();
}

bool has_values(Score score) {
  return score != Score::Uniform && score != Score::SizeProjection;
}

bool is_linear(Score score) {
  return score == Score::Ompq || score == Score::Size || score == Score::Random;
}

}  // namespace ompq
