// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_errors.h"

#include <cmath>

#include "ompq/core/error.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/sensitivity/hessian_traces.h"

namespace ompq {
namespace {

ErrorTables measure(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const auto of_weights = [&](const auto& errors) {
    return ErrorTables{
        .weights = errors(model, micro_batches, options, observer),
        .activations = {}};
  };
  switch (options.kind) {
    case ErrorKind::Output:
      break;
    case ErrorKind::Fisher:
    case ErrorKind::Balanced:
      return detail::fisher_errors(model, micro_batches, options, observer);
    case ErrorKind::Taylor:
      return of_weights(detail::taylor_errors);
    case ErrorKind::Hessian:
      return of_weights(detail::hessian_errors);
    case ErrorKind::Divergence:
      return of_weights(detail::divergence_errors);
  }
  return detail::output_errors(model, micro_batches, options, observer);
}

void check_finite(
    const LayerTable& layers, const LayerErrors& errors, const char* what) {
  for (std::size_t i = 0; i < errors.size(); ++i) {
    for (const auto& [bits, error] : errors[i]) {
      OMPQ_CHECK(
          std::isfinite(error),
          ErrorCode::InvalidData,
          "[search] layer '{}': the error of {} bits{} is {}; look for damaged "
          "calibration data or weights",
          layers[i].name,
          bits,
          what,
          error);
    }
  }
}

}  // namespace

ErrorTables measure_error_tables(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  OMPQ_CHECK(
      options.widths.size() == layers.size() && !micro_batches.empty(),
      ErrorCode::InvalidArgument,
      "[search] expected the widths of {} layers and at least one micro-batch, "
      "got {} and {}",
      layers.size(),
      options.widths.size(),
      micro_batches.size());
  const SerialBlas serial_blas;
  ErrorTables errors = measure(model, micro_batches, options, observer);
  check_finite(layers, errors.weights, "");
  check_finite(layers, errors.activations, " of activations");
  return errors;
}

std::int64_t error_steps(
    const LayerErrorOptions& options, std::int64_t samples) {
  const auto layers = static_cast<std::int64_t>(options.widths.size());
  std::int64_t widths = 0;
  for (const std::vector<int>& own : options.widths) {
    widths += std::ssize(own);
  }
  switch (options.kind) {
    case ErrorKind::Output:
      return 2 * layers;
    case ErrorKind::Fisher:
    case ErrorKind::Balanced:
    case ErrorKind::Taylor:
      return samples + layers;
    case ErrorKind::Hessian:
      return trace_steps({}, samples) + layers;
    case ErrorKind::Divergence:
      return layers + widths;
  }
  return 0;
}

LayerErrors measure_layer_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  return measure_error_tables(model, micro_batches, options, observer).weights;
}

}  // namespace ompq
