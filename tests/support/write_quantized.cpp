// SPDX-License-Identifier: MIT
//
// Writes a network quantized in the plainest way, for comparison with other
// runtimes:
//
//   write_quantized MODEL.onnx OUT.onnx WEIGHT_BITS ACTIVATION_BITS|0 [PROFILE]
//
// Activations are put on a grid between the extremes that they take for random
// inputs; 0 leaves them float. Weights of 8 bits are symmetric. Without a
// profile the file is in plain QDQ form. `fast` prints what lint_integers()
// says as JSON. Sizes that the model leaves open become 96.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "ompq/core/atomic_file.h"
#include "ompq/core/json_file.h"
#include "ompq/export/export_model.h"
#include "ompq/export/fast_graph.h"
#include "ompq/export/integer_lint.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/quantization/calibrate_plainly.h"
#include "tests/quantization/quantize_plainly.h"
#include "tests/support/shared_models.h"

namespace ompq {
namespace {

Json to_json(const IntegerLint& lint) {
  Json rows = Json::array();
  for (const LintRow& row : lint.rows) {
    rows.push_back(
        {{"name", row.name},
         {"op_type", row.op_type},
         {"execution", to_string(row.execution)},
         {"reason", row.reason}});
  }
  return {{"summary", lint.summary()}, {"rows", rows}};
}

void write_profile(
    const Graph& graph,
    const QuantizedModel& quantized,
    ExportProfile profile,
    const std::filesystem::path& to) {
  const ExportedFiles files = export_model(graph, quantized, profile);
  write_file_atomically(to, files.onnx);
  if (files.encodings) {
    write_file_atomically(
        std::filesystem::path(to).replace_extension(".encodings"),
        *files.encodings);
  }
  if (profile == ExportProfile::Fast) {
    const IntegerLint lint = lint_integers(to_fast_graph(graph, quantized));
    std::printf("%s\n", to_json(lint).dump().c_str());
  }
}

void write_quantized(
    const std::string& from,
    const std::string& to,
    int weight_bits,
    int activation_bits,
    const std::string& profile) {
  const PreparedModel model = load_shared_model(from);
  PlainOptions options;
  options.weights.bits = weight_bits;
  options.has_symmetric_weights = weight_bits >= 8;
  QuantizedModel quantized = quantize_plainly(model.graph, options);
  quantized.activations.clear();
  if (activation_bits > 0) {
    quantized.activations = calibrate_plainly(
        model.graph, {.bits = activation_bits, .is_signed = false});
  }
  if (profile.empty()) {
    write_onnx(to_qdq_graph(model.graph, quantized), to);
  } else {
    write_profile(
        model.graph, quantized, parse_enum<ExportProfile>(profile), to);
  }
}

}  // namespace
}  // namespace ompq

int main(int count, char** words) {
  if (count != 5 && count != 6) {
    return 2;
  }
  try {
    ompq::write_quantized(
        words[1],
        words[2],
        std::atoi(words[3]),
        std::atoi(words[4]),
        count == 6 ? words[5] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
