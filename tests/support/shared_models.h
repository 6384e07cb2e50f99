// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"

#include "tests/support/shared_files.h"

namespace ompq {

/// The ONNX files of models/ and models/import/ in the shared folder, sorted.
inline std::vector<std::filesystem::path> shared_model_files() {
  std::vector<std::filesystem::path> files;
  for (const std::string_view folder : {"models", "models/import"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(shared_folder() / folder)) {
      if (entry.path().extension() == ".onnx") {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The model of a file; what the file leaves open besides the batch becomes
/// 96, a size that suits every network with open sizes.
inline PreparedModel load_shared_model(const std::filesystem::path& file) {
  constexpr std::int64_t kOpenSize = 96;
  const Graph graph = read_onnx(file);
  ShapeOptions options;
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    Shape shape;
    bool is_open = false;
    for (const Dimension& dimension : *input.shape) {
      const bool is_batch = shape.empty();
      is_open = is_open || (!is_batch && dimension.is_dynamic());
      shape.push_back(
          dimension.is_dynamic() ? (is_batch ? 1 : kOpenSize) : dimension.size);
    }
    if (is_open) {
      options.input_shapes[input.name] = shape;
    }
  }
  return load_model(file, options);
}

}  // namespace ompq
