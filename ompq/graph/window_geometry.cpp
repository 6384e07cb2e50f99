// SPDX-License-Identifier: MIT
#include "ompq/graph/window_geometry.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

Sizes attribute_or(
    const NodeFacts& facts,
    const std::string& key,
    std::size_t length,
    std::int64_t fallback) {
  Sizes entries = facts.node().integers(key, Sizes(length, fallback));
  if (entries.size() != length) {
    facts.mismatch(fmt::format(
        "{} must have {} entries, got {}", key, length, to_string(entries)));
  }
  return entries;
}

void require_positive(
    const NodeFacts& facts, const std::string& key, const Sizes& entries) {
  if (std::any_of(entries.begin(), entries.end(), [](std::int64_t entry) {
        return entry < 1;
      })) {
    facts.mismatch(
        fmt::format("{} must be positive, got {}", key, to_string(entries)));
  }
}

/// Everything but the output and what auto_pad changes.
WindowGeometry declared_geometry(const NodeFacts& facts, Sizes kernel) {
  const std::size_t spatial = kernel.size();
  WindowGeometry window;
  window.strides = attribute_or(facts, "strides", spatial, 1);
  window.dilations = attribute_or(facts, "dilations", spatial, 1);
  const Sizes pads = attribute_or(facts, "pads", 2 * spatial, 0);
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(spatial);
  window.pads_begin.assign(pads.begin(), middle);
  window.pads_end.assign(middle, pads.end());
  window.output_padding = Sizes(spatial, 0);
  window.output = Sizes(spatial, 0);
  window.kernel = std::move(kernel);
  require_positive(facts, "kernel_shape", window.kernel);
  require_positive(facts, "strides", window.strides);
  require_positive(facts, "dilations", window.dilations);
  return window;
}

std::int64_t extent(const WindowGeometry& window, std::size_t axis) {
  return window.dilations[axis] * (window.kernel[axis] - 1) + 1;
}

std::string auto_pad_of(const NodeFacts& facts) {
  std::string mode = facts.node().text("auto_pad", "NOTSET");
  for (const char* known : {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"}) {
    if (mode == known) {
      return mode;
    }
  }
  facts.invalid(fmt::format(
      "auto_pad must be NOTSET, VALID, SAME_UPPER or SAME_LOWER, got '{}'",
      mode));
}

void split_padding(
    WindowGeometry& window,
    std::size_t axis,
    std::int64_t total,
    bool odd_at_begin) {
  const std::int64_t smaller = total / 2;
  window.pads_begin[axis] = odd_at_begin ? total - smaller : smaller;
  window.pads_end[axis] = total - window.pads_begin[axis];
}

/// Size of the output along one axis once the padding is known.
std::int64_t window_positions(
    const WindowGeometry& window,
    std::size_t axis,
    std::int64_t input,
    bool ceil_mode) {
  const std::int64_t stride = window.strides[axis];
  const std::int64_t room = input + window.pads_begin[axis] +
                            window.pads_end[axis] - extent(window, axis);
  if (room < 0) {
    return 0;
  }
  std::int64_t positions = room / stride + 1;
  if (ceil_mode && room % stride != 0 &&
      positions * stride < input + window.pads_begin[axis]) {
    ++positions;
  }
  return positions;
}

WindowGeometry slide(
    const NodeFacts& facts, WindowGeometry window, bool ceil_mode) {
  const std::string mode = auto_pad_of(facts);
  const Shape& input = facts.shape(0);
  for (std::size_t axis = 0; axis < window.kernel.size(); ++axis) {
    const std::int64_t size = input[axis + 2];
    if (mode == "VALID") {
      window.pads_begin[axis] = window.pads_end[axis] = 0;
    } else if (mode != "NOTSET") {
      const std::int64_t stride = window.strides[axis];
      const std::int64_t target = (size + stride - 1) / stride;
      const std::int64_t total = std::max<std::int64_t>(
          0, (target - 1) * stride + extent(window, axis) - size);
      split_padding(window, axis, total, mode == "SAME_LOWER");
    }
    window.output[axis] = window_positions(window, axis, size, ceil_mode);
    if (window.output[axis] < 1) {
      facts.mismatch(fmt::format(
          "a window of {} does not fit into {} elements padded by {} and {}",
          extent(window, axis),
          size,
          window.pads_begin[axis],
          window.pads_end[axis]));
    }
  }
  return window;
}

/// Kernel sizes of a convolution: those of the weight, which `kernel_shape`
/// must repeat if it is there.
Sizes weight_kernel(const NodeFacts& facts) {
  const Shape& weight = facts.shape(1);
  if (facts.rank(0) < 3 || weight.size() != facts.shape(0).size()) {
    facts.mismatch("input and weight must have the same rank, at least 3");
  }
  Sizes kernel(weight.begin() + 2, weight.end());
  if (facts.node().integers("kernel_shape", kernel) != kernel) {
    facts.mismatch(fmt::format(
        "kernel_shape {} is not that of the weight",
        to_string(facts.node().integers("kernel_shape", {}))));
  }
  return kernel;
}

/// Padding that makes a ConvTranspose as large as `target` says.
void pad_to_target(
    const NodeFacts& facts,
    WindowGeometry& window,
    const Sizes& target,
    bool odd_at_begin) {
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    const std::int64_t full =
        window.strides[axis] * (facts.shape(0)[axis + 2] - 1) +
        window.output_padding[axis] + extent(window, axis);
    const std::int64_t surplus = full - target[axis];
    split_padding(
        window, axis, std::max<std::int64_t>(0, surplus), odd_at_begin);
    window.output_padding[axis] += std::max<std::int64_t>(0, -surplus);
    window.output[axis] = target[axis];
  }
}

/// The spatial sizes asked for by output_shape or SAME padding, or nothing.
Sizes transpose_target(const NodeFacts& facts, const WindowGeometry& window) {
  const std::size_t spatial = window.kernel.size();
  if (facts.node().has("output_shape")) {
    Sizes target = facts.node().integers("output_shape", {});
    if (target.size() == spatial + 2) {
      target.erase(target.begin(), target.begin() + 2);
    }
    if (target.size() != spatial) {
      facts.mismatch(fmt::format(
          "output_shape must have {} entries, got {}",
          spatial,
          to_string(target)));
    }
    return target;
  }
  Sizes target;
  const std::string mode = auto_pad_of(facts);
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (std::size_t axis = 0; axis < spatial; ++axis) {
      target.push_back(facts.shape(0)[axis + 2] * window.strides[axis]);
    }
  }
  return target;
}

}  // namespace

WindowGeometry conv_geometry(const NodeFacts& facts) {
  return slide(facts, declared_geometry(facts, weight_kernel(facts)), false);
}

WindowGeometry pool_geometry(const NodeFacts& facts) {
  const Sizes kernel = facts.node().integers("kernel_shape", {});
  if (kernel.empty() || facts.shape(0).size() != kernel.size() + 2) {
    facts.mismatch(fmt::format(
        "kernel_shape {} needs an input of rank {}",
        to_string(kernel),
        kernel.size() + 2));
  }
  const bool ceil_mode = facts.node().integer("ceil_mode", 0) != 0;
  return slide(facts, declared_geometry(facts, kernel), ceil_mode);
}

WindowGeometry conv_transpose_geometry(const NodeFacts& facts) {
  WindowGeometry window = declared_geometry(facts, weight_kernel(facts));
  const std::size_t spatial = window.kernel.size();
  window.output_padding = attribute_or(facts, "output_padding", spatial, 0);
  const std::string mode = auto_pad_of(facts);
  if (mode == "VALID") {
    window.pads_begin = window.pads_end = Sizes(spatial, 0);
  }
  const Sizes target = transpose_target(facts, window);
  if (!target.empty()) {
    // The odd element goes to the beginning unless SAME_UPPER is asked for.
    pad_to_target(facts, window, target, mode != "SAME_UPPER");
  }
  for (std::size_t axis = 0; axis < spatial && target.empty(); ++axis) {
    window.output[axis] =
        window.strides[axis] * (facts.shape(0)[axis + 2] - 1) +
        window.output_padding[axis] + extent(window, axis) -
        window.pads_begin[axis] - window.pads_end[axis];
  }
  require_positive(facts, "the size of the output", window.output);
  return window;
}

}  // namespace ompq
