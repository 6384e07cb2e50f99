// SPDX-License-Identifier: MIT
#include "ompq/pipeline/export_network.h"

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/export/export_model.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/pipeline/verify_export.h"

namespace ompq {
namespace {

/// What a value may differ by, as a share of its largest magnitude: `fast`
/// rounds biases to integers, so a code of an activation may be its neighbour.
double tolerance_of(ExportProfile profile) {
  constexpr double kSameOperations = 1e-5;
  constexpr double kRoundedBiases = 0.05;
  return profile == ExportProfile::Fast ? kRoundedBiases : kSameOperations;
}

Graph read_back(const ExportedFiles& files, const std::string& where) {
  return infer_shapes(canonicalize(parse_onnx(files.onnx, {}, where)));
}

Bytes payload_of(const QuantizedModel& model) {
  std::int64_t bits = 0;
  for (const QuantizedLayer& layer : model.layers) {
    bits += element_count(layer.weight.shape) * layer.weight.grid.bits;
  }
  return Bytes{(bits + 7) / 8};
}

}  // namespace

QuantizedNetwork read_quantized_network(
    const std::filesystem::path& path, const ShapeOptions& shapes) {
  QuantizedNetwork network =
      take_quantizers_out(canonicalize(read_onnx(path)), shapes);
  OMPQ_CHECK(
      !network.model.layers.empty(),
      ErrorCode::InvalidArgument,
      "[export] {}: none of its {} layers has integer weights; quantize it "
      "first: ompq quantize",
      path.string(),
      network.float_layers.size());
  return network;
}

ExportReport export_network(
    const QuantizedNetwork& network, const ExportOptions& options) {
  const ExportedFiles files = export_model(
      network.graph, network.model, options.profile, options.metadata);
  const std::string where = options.output.filename().string();
  const auto size = static_cast<std::int64_t>(files.onnx.size());
  OMPQ_CHECK(
      !options.limit || size <= options.limit->count,
      ErrorCode::Infeasible,
      "[export] {}: the file takes {} bytes, {} more than the budget; search "
      "again with a smaller --size. Nothing was written",
      where,
      size,
      size - options.limit->count);
  ExportReport report{
      .profile = options.profile,
      .output = options.output,
      .file_size = Bytes{size},
      .payload = payload_of(network.model),
      .quantized_layers =
          static_cast<std::int64_t>(network.model.layers.size()),
      .float_layers = static_cast<std::int64_t>(network.float_layers.size()),
      .verification = verify_export(
          read_back(files, where),
          network.graph,
          network.model,
          where,
          {.tolerance = tolerance_of(options.profile), .seed = options.seed})};
  write_file_atomically(options.output, files.onnx);
  return report;
}

}  // namespace ompq
