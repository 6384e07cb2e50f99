// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_packed_functions.h"

#include <map>
#include <string>
#include <vector>

#include "ompq/graph/onnx_function_writer.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/plan/bit_plan.h"

namespace ompq::detail {
namespace {

constexpr std::int64_t kFirstOpset = 18;
constexpr std::int64_t kMostAxes = 4;

std::int64_t standard_opset(const onnx::FunctionProto& function) {
  for (const auto& set : function.opset_import()) {
    if (set.domain().empty()) {
      return set.version();
    }
  }
  return 0;
}

/// Every function that a packed file can hold, as bytes, by name.
std::map<std::string, std::string> our_functions(std::int64_t opset) {
  std::vector<std::string> names;
  for (int bits = kMinPlanBits; bits <= kMaxPlanBits; ++bits) {
    names.push_back(join_function_name(bits));
  }
  for (std::int64_t axis = 0; axis < kMostAxes; ++axis) {
    names.push_back(groups_function_name(axis));
  }
  std::map<std::string, std::string> bytes;
  for (const Function& function : packed_functions(names, opset)) {
    bytes[function.name] = function_proto(function).SerializeAsString();
  }
  return bytes;
}

}  // namespace

std::unordered_set<const onnx::FunctionProto*> packed_function_calls(
    const onnx::ModelProto& model) {
  std::unordered_set<const onnx::FunctionProto*> calls;
  std::map<std::string, std::string> ours;
  for (const onnx::FunctionProto& function : model.functions()) {
    if (function.domain() != kPackedDomain) {
      continue;
    }
    const std::int64_t opset = standard_opset(function);
    if (ours.empty() && opset >= kFirstOpset) {
      ours = our_functions(opset);
    }
    const auto known = ours.find(function.name());
    if (known == ours.end() || known->second != function.SerializeAsString()) {
      return {};
    }
    if (is_packed_function(function.name())) {
      calls.insert(&function);
    }
  }
  return calls;
}

}  // namespace ompq::detail
