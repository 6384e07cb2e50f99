// SPDX-License-Identifier: MIT
#include "ompq/graph/input_shapes.h"

#include <algorithm>
#include <string>

#include "ompq/core/error.h"

namespace ompq {
namespace {

std::string describe(const Value& input) {
  if (!input.shape) {
    return "of unknown rank";
  }
  std::string text = "[";
  for (const Dimension& dimension : *input.shape) {
    text += text.size() > 1 ? ", " : "";
    if (!dimension.is_dynamic()) {
      text += std::to_string(dimension.size);
    } else {
      text += dimension.symbol.empty() ? "?" : dimension.symbol;
    }
  }
  return text + "]";
}

/// A shape the user could give, with examples for what is open.
std::string example(const Value& input) {
  if (!input.shape) {
    return "1,3,224,224";
  }
  std::string text;
  for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
    const Dimension& dimension = (*input.shape)[axis];
    const std::int64_t size = axis == 0 ? 1 : 224;
    text += axis == 0 ? "" : ",";
    text += std::to_string(dimension.is_dynamic() ? size : dimension.size);
  }
  return text;
}

void check_names(const Graph& graph, const ShapeOptions& options) {
  for (const auto& [name, shape] : options.input_shapes) {
    std::string known;
    bool found = false;
    for (const ValueId id : graph.inputs()) {
      known += (known.empty() ? "'" : ", '") + graph.value(id).name + "'";
      found = found || graph.value(id).name == name;
    }
    OMPQ_CHECK(
        found,
        ErrorCode::InvalidArgument,
        "[infer_shapes] a shape is given for '{}', but the inputs are {}",
        name,
        known);
    OMPQ_CHECK(
        std::all_of(
            shape.begin(), shape.end(), [](auto size) { return size > 0; }),
        ErrorCode::InvalidArgument,
        "[infer_shapes] the shape given for input '{}' must hold positive "
        "sizes, got {}",
        name,
        to_string(shape));
  }
}

void check_given(const Value& input, const Shape& given) {
  OMPQ_CHECK(
      !input.shape || input.shape->size() == given.size(),
      ErrorCode::InvalidArgument,
      "[infer_shapes] the shape given for input '{}' is {}, but the model "
      "declares {}",
      input.name,
      to_string(given),
      describe(input));
}

Shape declared_shape(const Value& input, std::int64_t batch) {
  bool is_open = !input.shape;
  Shape shape;
  for (std::size_t axis = 0; input.shape && axis < input.shape->size();
       ++axis) {
    const Dimension& dimension = (*input.shape)[axis];
    is_open = is_open || (axis > 0 && dimension.is_dynamic());
    shape.push_back(dimension.is_dynamic() ? batch : dimension.size);
  }
  OMPQ_CHECK(
      !is_open,
      ErrorCode::InvalidModel,
      "[infer_shapes] input '{}' has the shape {}: only the first dimension "
      "may be left open; give a shape, for example --input-shape {}={}",
      input.name,
      describe(input),
      input.name,
      example(input));
  return shape;
}

Leading leading_of(const Value& input, const Shape& shape) {
  if (shape.empty()) {
    return Leading::Fixed;
  }
  if (input.shape && !input.shape->empty() &&
      input.shape->front().is_dynamic()) {
    return Leading::Dynamic;
  }
  // A vector of one element is more often a parameter than a batch of one.
  return shape.front() == 1 && shape.size() > 1 ? Leading::One : Leading::Fixed;
}

}  // namespace

InputShapes ResolvedInputs::with_batch(
    const std::vector<ValueId>& varying, std::int64_t batch) const {
  InputShapes result = shapes;
  for (const ValueId id : varying) {
    result.at(id).front() = batch;
  }
  return result;
}

std::vector<ValueId> ResolvedInputs::with_leading(Leading kind) const {
  std::vector<ValueId> ids;
  for (const auto& [id, found] : leading) {
    if (found == kind) {
      ids.push_back(id);
    }
  }
  return ids;
}

ResolvedInputs resolve_inputs(const Graph& graph, const ShapeOptions& options) {
  OMPQ_CHECK(
      options.batch > 0,
      ErrorCode::InvalidArgument,
      "[infer_shapes] the batch must be positive, got {}",
      options.batch);
  check_names(graph, options);
  ResolvedInputs result;
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    const auto given = options.input_shapes.find(input.name);
    if (given != options.input_shapes.end()) {
      check_given(input, given->second);
    }
    result.shapes[id] = given != options.input_shapes.end()
                            ? given->second
                            : declared_shape(input, options.batch);
    result.leading[id] = leading_of(input, result.shapes[id]);
  }
  return result;
}

}  // namespace ompq
