// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

constexpr std::string_view kEllipsis = "...";

/// Sizes by letter, and those that "..." stands for.
struct Subscripts {
  std::map<char, std::int64_t> sizes;
  std::map<char, int> uses;
  Shape ellipsis;
};

std::string without_spaces(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  return text;
}

/// Relates one operand's letters to its shape.
void read_operand(
    const NodeFacts& facts,
    std::size_t index,
    std::string_view letters,
    Subscripts& subscripts) {
  const Shape& shape = facts.shape(index);
  const std::size_t dots = letters.find(kEllipsis);
  const bool open = dots != std::string_view::npos;
  const std::size_t named = letters.size() - (open ? kEllipsis.size() : 0);
  if (open ? shape.size() < named : shape.size() != named) {
    facts.mismatch(fmt::format("'{}' for input {}", letters, index));
  }
  const std::size_t covered = shape.size() - named;
  std::size_t axis = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (i == dots) {
      const auto begin = shape.begin() + static_cast<std::ptrdiff_t>(axis);
      const auto common = broadcast_shapes(
          subscripts.ellipsis,
          Shape(begin, begin + static_cast<std::ptrdiff_t>(covered)));
      if (!common) {
        facts.mismatch("'...' stands for sizes that do not fit");
      }
      subscripts.ellipsis = *common;
      axis += covered;
      i += kEllipsis.size() - 1;
      continue;
    }
    std::int64_t& size = subscripts.sizes.emplace(letters[i], 1).first->second;
    if (size != shape[axis] && size != 1 && shape[axis] != 1) {
      facts.mismatch(fmt::format("'{}' has two sizes", letters[i]));
    }
    size = std::max(size, shape[axis]);
    ++subscripts.uses[letters[i]];
    ++axis;
  }
}

/// Without "->": "..." and then the letters that occur once, in order.
std::string implied_output(const Subscripts& subscripts) {
  std::string output(kEllipsis);
  for (const auto& [letter, uses] : subscripts.uses) {
    if (uses == 1) {
      output += letter;
    }
  }
  return output;
}

std::vector<ValueFacts> einsum(const NodeFacts& facts) {
  const std::string equation =
      without_spaces(facts.node().text("equation", ""));
  const std::size_t arrow = equation.find("->");
  std::string_view operands = std::string_view(equation).substr(0, arrow);
  Subscripts subscripts;
  for (std::size_t index = 0; index < facts.count(); ++index) {
    const std::size_t comma = operands.find(',');
    if ((comma == std::string_view::npos) != (index + 1 == facts.count())) {
      facts.invalid(fmt::format("equation '{}'", equation));
    }
    read_operand(facts, index, operands.substr(0, comma), subscripts);
    operands.remove_prefix(std::min(operands.size(), comma + 1));
  }
  const std::string result = arrow == std::string::npos
                                 ? implied_output(subscripts)
                                 : equation.substr(arrow + 2);
  Shape output;
  const std::size_t dots = result.find(kEllipsis);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (i == dots) {
      output.insert(
          output.end(), subscripts.ellipsis.begin(), subscripts.ellipsis.end());
      i += kEllipsis.size() - 1;
      continue;
    }
    const auto found = subscripts.sizes.find(result[i]);
    if (found == subscripts.sizes.end()) {
      facts.invalid(fmt::format("equation '{}'", equation));
    }
    output.push_back(found->second);
  }
  return {{facts.type(0), output, {}}};
}

}  // namespace

ShapeRules einsum_shape_rules() {
  return {{"Einsum", einsum}};
}

}  // namespace ompq
