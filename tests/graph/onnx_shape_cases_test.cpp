// SPDX-License-Identifier: MIT
// ONNX's own operator tests (Debian package libonnx-testdata): inferred types
// and shapes must be those of the expected outputs, and so must the elements
// where the constant evaluator knows the operators.
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "ompq/graph/canonical.h"
#include "ompq/graph/constant_evaluation.h"
#include "ompq/graph/shape_rules.h"

#include "tests/graph/onnx_node_case.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "/usr/share/libonnx-testdata/data/node";

/// Cases that pass today; a change that loses one fails.
constexpr int kShapesPassing = 693;
constexpr int kValuesPassing = 394;

/// What is known of all values of a graph after its inputs have been fed.
using Facts = std::vector<ValueFacts>;

ValueFacts facts_of(const Constant& constant) {
  // The canonical form knows no half precision.
  const bool is_half = constant.type() == DataType::Float16 ||
                       constant.type() == DataType::BFloat16;
  const Constant stored = is_half ? constant.cast(DataType::Float32) : constant;
  return {stored.type(), stored.shape(), stored};
}

void step(const Node& node, Facts& facts) {
  std::vector<const ValueFacts*> views;
  std::vector<std::optional<Constant>> constants;
  bool is_constant = true;
  for (const auto& id : node.inputs) {
    views.push_back(id ? &facts[id->index()] : nullptr);
    constants.push_back(id ? facts[id->index()].constant : std::nullopt);
    is_constant = is_constant && (!id || constants.back().has_value());
  }
  std::vector<ValueFacts> outputs = infer_node(NodeFacts(node, views));
  const auto results =
      is_constant ? evaluate_constant(node, constants) : std::nullopt;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (results) {
      EXPECT_EQ((*results)[i].shape(), *outputs[i].shape) << node.op_type;
      EXPECT_EQ((*results)[i].type(), outputs[i].type) << node.op_type;
      outputs[i].constant = (*results)[i];
    }
    if (const auto id = node.output(i)) {
      facts[id->index()] = outputs[i];
    }
  }
}

Facts run_case(const Graph& graph, const fs::path& folder) {
  const std::vector<Constant> fed = read_tensor_files(folder, "input_");
  OMPQ_CHECK(
      fed.size() == graph.inputs().size(),
      ErrorCode::Unsupported,
      "optional inputs");
  Facts facts(graph.values().size());
  for (const Value& value : graph.values()) {
    if (value.constant) {
      facts[value.id.index()] = facts_of(*value.constant);
    }
  }
  for (std::size_t i = 0; i < fed.size(); ++i) {
    facts[graph.inputs()[i].index()] = facts_of(fed[i]);
  }
  for (const Node& node : graph.nodes()) {
    step(node, facts);
  }
  return facts;
}

/// The relative tolerance is that of ONNX's own runner.
bool is_near(const Constant& actual, const Constant& expected) {
  if (!is_floating_point(expected.type())) {
    return actual.to_int64() == expected.to_int64();
  }
  const auto a = actual.to_double();
  const auto b = expected.to_double();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    if (!same && !(std::abs(a[i] - b[i]) <= 1e-6 + 1e-3 * std::abs(b[i]))) {
      return false;
    }
  }
  return true;
}

struct Tally {
  int shapes = 0;
  int values = 0;
  std::map<std::string, int> skipped;
};

/// Shortens an error to what it is about: no paths, no names of nodes.
std::string reason_of(const Error& error, const fs::path& folder) {
  std::string message = error.what();
  const std::size_t path = message.find(folder.string());
  if (path != std::string::npos) {
    message.erase(path, message.find(": ", path) + 2 - path);
  }
  return message.substr(0, 90);
}

void compare(
    const Graph& graph,
    const Facts& facts,
    const fs::path& folder,
    Tally& tally) {
  const std::vector<Constant> expected = read_tensor_files(folder, "output_");
  const std::string name = folder.parent_path().filename().string();
  bool known = !expected.empty();
  bool evaluated = known;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ValueFacts& actual = facts[graph.outputs()[i].index()];
    const ValueFacts wanted = facts_of(expected[i]);
    known = known && actual.shape.has_value();
    evaluated = evaluated && actual.constant.has_value();
    if (!known) {
      continue;
    }
    EXPECT_EQ(to_string(*actual.shape), to_string(*wanted.shape)) << name;
    EXPECT_EQ(to_string(actual.type), to_string(wanted.type)) << name;
    if (actual.constant) {
      EXPECT_TRUE(is_near(*actual.constant, *wanted.constant)) << name;
    }
  }
  tally.shapes += known ? 1 : 0;
  tally.values += known && evaluated ? 1 : 0;
  if (!known) {
    ++tally.skipped["the shape depends on data that are computed"];
  }
}

TEST(OnnxShapeCases, AgreeWithTheExpectedOutputs) {
  Tally tally;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(kFolder, status)) {
    const fs::path folder = entry.path() / "test_data_set_0";
    try {
      const Graph graph = canonicalize(read_onnx(entry.path() / "model.onnx"));
      compare(graph, run_case(graph, folder), folder, tally);
    } catch (const Error& error) {
      const bool is_fault = error.code() == ErrorCode::ShapeMismatch ||
                            error.code() == ErrorCode::Internal;
      EXPECT_FALSE(is_fault) << entry.path() << ": " << error.what();
      ++tally.skipped[reason_of(error, entry.path())];
    }
  }
  if (status) {
    GTEST_SKIP() << kFolder << " is absent; install libonnx-testdata";
  }
  int skipped = 0;
  for (const auto& [reason, count] : tally.skipped) {
    std::cout << "  skipped " << count << ": " << reason << "\n";
    skipped += count;
  }
  std::cout << "  " << tally.shapes
            << " cases with the right types and shapes, " << tally.values
            << " of them evaluated, " << skipped << " skipped\n";
  EXPECT_GE(tally.shapes, kShapesPassing);
  EXPECT_GE(tally.values, kValuesPassing);
}

}  // namespace
}  // namespace ompq
