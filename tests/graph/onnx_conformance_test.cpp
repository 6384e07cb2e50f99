// SPDX-License-Identifier: MIT
// The models of the ONNX project's own operator tests: what ompq knows must be
// accepted, the rest must fail with a proper error.
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"

#include "tests/graph/same_graph.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "/usr/share/libonnx-testdata/data/node";

/// Result for every case, by the case's name: "" or the error.
std::map<std::string, std::string> outcomes() {
  std::map<std::string, std::string> results;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(kFolder, status)) {
    const fs::path file = entry.path() / "model.onnx";
    if (!fs::exists(file)) {
      continue;
    }
    std::string& result = results[entry.path().filename().string()];
    try {
      const Graph graph = read_onnx(file);
      expect_same_graph(
          graph, parse_onnx(serialize_onnx(graph), "", file.string()));
      const Graph canonical = canonicalize(graph);
      expect_same_graph(canonical, canonicalize(canonical));
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
      result = error.what();
    }
  }
  return results;
}

/// "conv" for test_conv_with_strides_padding.
bool is_about(const std::string& test_case, const std::string& subject) {
  return test_case.starts_with("test_" + subject + "_") ||
         test_case == "test_" + subject;
}

bool is_out_of_scope(const std::string& test_case) {
  for (const char* part :
       {"training",
        "STRING",
        "mask",
        "Optional",
        "_opt",
        "sequence",
        "_seq_",
        "expanded"}) {
    if (test_case.find(part) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST(OnnxConformance, AcceptsEveryCaseOfTheOperatorsItKnows) {
  const auto results = outcomes();
  if (results.empty()) {
    GTEST_SKIP() << kFolder << " is absent; install libonnx-testdata";
  }
  std::set<std::string> covered;
  for (const char* subject :
       {"abs",
        "add",
        "and",
        "argmax",
        "argmin",
        "averagepool",
        "batchnorm",
        "bitshift",
        "cast",
        "ceil",
        "clip",
        "concat",
        "constant",
        "constantofshape",
        "conv",
        "convtranspose",
        "cos",
        "depthtospace",
        "dequantizelinear",
        "div",
        "dropout",
        "elu",
        "equal",
        "erf",
        "exp",
        "expand",
        "flatten",
        "floor",
        "gather",
        "gathernd",
        "gemm",
        "globalaveragepool",
        "globalmaxpool",
        "greater",
        "gru",
        "hardsigmoid",
        "hardswish",
        "identity",
        "instancenorm",
        "layer",
        "leakyrelu",
        "less",
        "log",
        "logsoftmax",
        "lstm",
        "matmul",
        "max",
        "maxpool",
        "mean",
        "min",
        "mul",
        "neg",
        "not",
        "onehot",
        "or",
        "edge",
        "pow",
        "prelu",
        "quantizelinear",
        "range",
        "reciprocal",
        "reduce",
        "relu",
        "reshape",
        "resize",
        "round",
        "selu",
        "shape",
        "sigmoid",
        "sign",
        "sin",
        "size",
        "slice",
        "softmax",
        "softplus",
        "softsign",
        "spacetodepth",
        "split",
        "sqrt",
        "squeeze",
        "sub",
        "sum",
        "tanh",
        "thresholdedrelu",
        "tile",
        "top",
        "transpose",
        "unsqueeze",
        "upsample",
        "where",
        "xor"}) {
    for (const auto& [test_case, error] : results) {
      const bool is_too_old = error.find("to an opset from 7") != error.npos;
      if (is_about(test_case, subject) && !is_out_of_scope(test_case) &&
          !is_too_old) {
        EXPECT_EQ(error, "") << test_case;
        covered.insert(test_case);
      }
    }
  }
  EXPECT_GT(covered.size(), 300U);
}

}  // namespace
}  // namespace ompq
