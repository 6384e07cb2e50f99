// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"

namespace ompq {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::Internal:
      return 1;
    case ErrorCode::InvalidArgument:
      return 2;
    case ErrorCode::NotFound:
    case ErrorCode::InvalidFile:
    case ErrorCode::InvalidModel:
    case ErrorCode::InvalidData:
    case ErrorCode::InvalidPlan:
    case ErrorCode::ShapeMismatch:
    case ErrorCode::Degenerate:
    case ErrorCode::OutputFailed:
      return 3;
    case ErrorCode::Infeasible:
      return 4;
    case ErrorCode::Unsupported:
      return 5;
    case ErrorCode::Interrupted:
      return 130;
  }
  return 1;
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::Internal:
      return "Internal";
    case ErrorCode::InvalidArgument:
      return "InvalidArgument";
    case ErrorCode::NotFound:
      return "NotFound";
    case ErrorCode::InvalidFile:
      return "InvalidFile";
    case ErrorCode::InvalidModel:
      return "InvalidModel";
    case ErrorCode::InvalidData:
      return "InvalidData";
    case ErrorCode::InvalidPlan:
      return "InvalidPlan";
    case ErrorCode::ShapeMismatch:
      return "ShapeMismatch";
    case ErrorCode::Degenerate:
      return "Degenerate";
    case ErrorCode::OutputFailed:
      return "OutputFailed";
    case ErrorCode::Infeasible:
      return "Infeasible";
    case ErrorCode::Unsupported:
      return "Unsupported";
    case ErrorCode::Interrupted:
      return "Interrupted";
  }
  return "Internal";
}

}  // namespace ompq
