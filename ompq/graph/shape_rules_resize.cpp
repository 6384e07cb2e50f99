// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

std::vector<std::int64_t> resized_axes(const NodeFacts& facts) {
  std::vector<std::int64_t> axes(facts.shape(0).size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = facts.node().integers("axes", axes);
  for (std::int64_t& axis : axes) {
    axis = facts.axis(axis, facts.rank(0));
  }
  return axes;
}

void require_length(
    const NodeFacts& facts,
    const char* what,
    std::size_t length,
    std::size_t expected) {
  if (length != expected) {
    facts.mismatch(
        fmt::format("{} must have {} entries, got {}", what, expected, length));
  }
}

/// Part of each axis that tf_crop_and_resize takes: roi end - roi start.
std::vector<double> crop_extent(const NodeFacts& facts, std::size_t axes) {
  std::vector<double> extent(axes, 1.0);
  const std::string mode =
      facts.node().text("coordinate_transformation_mode", "half_pixel");
  const Constant* roi = facts.constant(1);
  if (mode != "tf_crop_and_resize" || roi == nullptr) {
    return extent;
  }
  const std::vector<double> corners = roi->to_double();
  require_length(facts, "roi", corners.size(), 2 * axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    extent[axis] = corners[axes + axis] - corners[axis];
  }
  return extent;
}

Shape scaled(const NodeFacts& facts, const std::vector<double>& scales) {
  const std::vector<std::int64_t> axes = resized_axes(facts);
  require_length(facts, "scales", scales.size(), axes.size());
  const std::vector<double> extent = crop_extent(facts, axes.size());
  Shape output = facts.shape(0);
  for (std::size_t entry = 0; entry < axes.size(); ++entry) {
    std::int64_t& size = output[static_cast<std::size_t>(axes[entry])];
    // Scales are float32: 3 * 1.6666666f must not become 4.99999.
    const auto exact = static_cast<float>(
        static_cast<double>(size) * extent[entry] * scales[entry]);
    if (!(exact >= 0.0F) || exact > 1e9F) {
      facts.mismatch(fmt::format("a scale of {}", scales[entry]));
    }
    size = static_cast<std::int64_t>(std::floor(exact));
  }
  return output;
}

Shape sized(const NodeFacts& facts, const std::vector<std::int64_t>& sizes) {
  const std::vector<std::int64_t> axes = resized_axes(facts);
  require_length(facts, "sizes", sizes.size(), axes.size());
  const std::string policy =
      facts.node().text("keep_aspect_ratio_policy", "stretch");
  Shape output = facts.shape(0);
  std::vector<double> ratios;
  for (std::size_t entry = 0; entry < axes.size(); ++entry) {
    const std::int64_t size = output[static_cast<std::size_t>(axes[entry])];
    ratios.push_back(
        static_cast<double>(sizes[entry]) /
        static_cast<double>(std::max<std::int64_t>(1, size)));
  }
  for (std::size_t entry = 0; entry < axes.size(); ++entry) {
    std::int64_t& size = output[static_cast<std::size_t>(axes[entry])];
    if (policy == "stretch") {
      size = sizes[entry];
    } else {
      const double ratio =
          policy == "not_larger"
              ? *std::min_element(ratios.begin(), ratios.end())
              : *std::max_element(ratios.begin(), ratios.end());
      size = static_cast<std::int64_t>(
          std::floor(ratio * static_cast<double>(size) + 0.5));
    }
  }
  return output;
}

/// Exactly one of scales (input 2) and sizes (input 3) is given; the other is
/// absent or empty.
std::vector<ValueFacts> resize(const NodeFacts& facts) {
  const auto given = [&](std::size_t index) {
    return facts.has(index) && facts.shape(index) != Shape{0};
  };
  if (given(2) == given(3)) {
    facts.invalid("needs either scales or sizes");
  }
  if (given(2)) {
    const Constant* scales = facts.constant(2);
    if (scales == nullptr) {
      return {{facts.type(0), {}, {}}};
    }
    return {{facts.type(0), scaled(facts, scales->to_double()), {}}};
  }
  const auto sizes = facts.integers(3);
  if (!sizes) {
    return {{facts.type(0), {}, {}}};
  }
  return {{facts.type(0), sized(facts, *sizes), {}}};
}

}  // namespace

ShapeRules resize_shape_rules() {
  return {{"Resize", resize}};
}

}  // namespace ompq
