// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_errors.h"

#include <cmath>

#include "ompq/core/error.h"
#include "ompq/engine/serial_blas.h"

namespace ompq {
namespace {

LayerErrors measure(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  switch (options.kind) {
    case ErrorKind::Output:
      break;
    case ErrorKind::Fisher:
      return detail::fisher_errors(model, micro_batches, options, observer);
    case ErrorKind::Taylor:
      return detail::taylor_errors(model, micro_batches, options, observer);
    case ErrorKind::Divergence:
      return detail::divergence_errors(model, micro_batches, options, observer);
  }
  return detail::output_errors(model, micro_batches, options, observer);
}

}  // namespace

LayerErrors measure_layer_errors(
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
  LayerErrors errors = measure(model, micro_batches, options, observer);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [bits, error] : errors[i]) {
      OMPQ_CHECK(
          std::isfinite(error),
          ErrorCode::InvalidData,
          "[search] layer '{}': the error of {} bits is {}; look for damaged "
          "calibration data or weights",
          layers[i].name,
          bits,
          error);
    }
  }
  return errors;
}

}  // namespace ompq
