// SPDX-License-Identifier: MIT
// Models as they are found in the wild: every file of the shared folder.
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> model_files() {
  const char* shared = std::getenv("OMPQ_SHARED");
  const fs::path folder =
      shared == nullptr ? fs::path(OMPQ_SOURCE_DIR) / ".." / "shared" : shared;
  std::vector<fs::path> files;
  std::error_code status;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder / "models", status)) {
    if (entry.path().extension() == ".onnx") {
      files.push_back(entry.path());
    }
  }
  return files;
}

TEST(OnnxModels, AreReadAndMadeCanonical) {
  const auto files = model_files();
  if (files.empty()) {
    GTEST_SKIP() << "no models: set OMPQ_SHARED to the shared folder";
  }

  for (const fs::path& file : files) {
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
