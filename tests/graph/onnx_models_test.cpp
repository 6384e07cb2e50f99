// SPDX-License-Identifier: MIT
// Models as they are found in the wild: every file of the shared folder.
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"

#include "tests/support/shared_files.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> model_files() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(shared_folder() / "models")) {
    if (entry.path().extension() == ".onnx") {
      files.push_back(entry.path());
    }
  }
  return files;
}

TEST(OnnxModels, AreReadAndMadeCanonical) {
  OMPQ_NEEDS_SHARED("models");

  for (const fs::path& file : model_files()) {
    try {
      const Graph graph = read_onnx(file);
      EXPECT_GT(graph.nodes().size(), 2U) << file;
      const Graph canonical = canonicalize(graph);
      EXPECT_EQ(canonical.opset(), kCanonicalOpset);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

}  // namespace
}  // namespace ompq
