// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// A function under construction: values are named by the caller, since every
/// letter is in every file.
class FunctionBody {
 public:
  FunctionBody(
      std::string domain,
      const std::vector<std::string>& inputs,
      std::int64_t opset)
      : domain_(std::move(domain)), builder_("", opset) {
    for (const std::string& input : inputs) {
      builder_.add_input(input, DataType::Undefined, std::nullopt);
    }
  }

  void constant(const std::string& name, Constant constant) {
    builder_.add_constant(name, std::move(constant));
  }

  void node(
      const std::string& op_type,
      std::vector<std::string> inputs,
      const std::string& output,
      std::map<std::string, Attribute> attributes = {}) {
    builder_.add_node(
        {.name = {},
         .domain = {},
         .op_type = op_type,
         .inputs = std::move(inputs),
         .outputs = {output},
         .attributes = std::move(attributes)});
  }

  [[nodiscard]] Function finish(
      std::string name, const std::string& output) && {
    builder_.add_output(output);
    return {
        .domain = domain_,
        .name = std::move(name),
        .body = std::make_shared<const Graph>(std::move(builder_).build())};
  }

 private:
  std::string domain_;
  GraphBuilder builder_;
};

}  // namespace ompq::detail
