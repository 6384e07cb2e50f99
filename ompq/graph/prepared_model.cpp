// SPDX-License-Identifier: MIT
#include "ompq/graph/prepared_model.h"

#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/fold_batch_norm.h"
#include "ompq/graph/model_file.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {
namespace {

/// Runs a pass; an error that does not name the file yet gets its name.
template <typename Pass>
auto naming(const std::filesystem::path& path, Pass pass) {
  try {
    return pass();
  } catch (const Error& error) {
    const std::string message = error.what();
    if (message.find(path.string()) != std::string::npos) {
      throw;
    }
    throw Error(error.code(), path.string() + ": " + message);
  }
}

}  // namespace

PreparedModel load_model(
    const std::filesystem::path& path, const ShapeOptions& options) {
  ModelFile file = read_model_file(path);
  const Graph original =
      parse_onnx(file.bytes, path.parent_path(), path.string());
  file.bytes = {};
  return naming(path, [&] {
    Graph graph =
        fold_batch_norm(infer_shapes(canonicalize(original), options));
    QuantizableLayers layers = find_quantizable_layers(graph);
    const bool any_batch = is_batch_polymorphic(graph);
    return PreparedModel{
        .path = path,
        .graph = std::move(graph),
        .layers = std::move(layers),
        .model_hash = file.hash,
        .file_size = file.size,
        .original_nodes = original.nodes().size(),
        .is_batch_polymorphic = any_batch};
  });
}

}  // namespace ompq
