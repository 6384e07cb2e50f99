// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// What inference knows of a value: its type, its shape if that can be known,
/// and its elements if they do not depend on what is fed.
struct ValueFacts {
  DataType type = DataType::Undefined;
  std::optional<Shape> shape;
  std::optional<Constant> constant;
};

/// A node beside what is known of its inputs: what a shape rule or an
/// evaluator reads, with errors that name node, operator and shapes.
class OMPQ_API NodeFacts {
 public:
  /// @param node    must outlive this object
  /// @param inputs  one entry an input, nullptr for one that is left out; must
  ///                outlive this object
  NodeFacts(const Node& node, std::vector<const ValueFacts*> inputs)
      : node_(&node), inputs_(std::move(inputs)) {}

  [[nodiscard]] const Node& node() const { return *node_; }
  /// Number of inputs, trailing absent ones included.
  [[nodiscard]] std::size_t count() const { return inputs_.size(); }
  /// True if input `index` is given.
  [[nodiscard]] bool has(std::size_t index) const;
  /// True if the shape of every input that is given is known.
  [[nodiscard]] bool shapes_known() const;

  /// Facts of input `index`.
  ///
  /// @throws Error{InvalidModel}  the input is absent or, for shape and rank,
  ///                              its shape is not known
  [[nodiscard]] const ValueFacts& input(std::size_t index) const;
  [[nodiscard]] DataType type(std::size_t index) const;
  [[nodiscard]] const Shape& shape(std::size_t index) const;
  [[nodiscard]] std::int64_t rank(std::size_t index) const;

  /// The elements of input `index`; nullptr if absent or not constant.
  [[nodiscard]] const Constant* constant(std::size_t index) const;
  /// The elements of an integer input; nullopt if absent or not constant.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(
      std::size_t index) const;

  /// Position of an axis that may count from the end.
  ///
  /// @throws Error{ShapeMismatch}  outside [-rank, rank)
  [[nodiscard]] std::int64_t axis(std::int64_t axis, std::int64_t rank) const;
  /// The same for several axes, ascending.
  ///
  /// @throws Error{ShapeMismatch}  outside [-rank, rank), or one given twice
  [[nodiscard]] std::vector<std::int64_t> axes(
      const std::vector<std::int64_t>& axes, std::int64_t rank) const;

  /// Throws Error{ShapeMismatch}: "[infer_shapes] node 'x' (Conv) with inputs
  /// [1, 3, 8, 8], [4, 5, 3, 3]: <problem>".
  [[noreturn]] void mismatch(const std::string& problem) const;
  /// Throws Error{InvalidModel} of the same form.
  [[noreturn]] void invalid(const std::string& problem) const;

 private:
  [[nodiscard]] std::string describe(const std::string& problem) const;

  const Node* node_;
  std::vector<const ValueFacts*> inputs_;
};

}  // namespace ompq
