// SPDX-License-Identifier: MIT
#include "ompq/graph/element_selection.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Elements between neighbours along each axis of a row-major tensor.
std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return strides;
}

Shape mapped_shape(const AxisMaps& maps) {
  Shape shape;
  for (const auto& map : maps) {
    shape.push_back(static_cast<std::int64_t>(map.size()));
  }
  return shape;
}

/// Copies element by element in the order of the result. `maps` have one entry
/// an axis of the result and `strides` belong to the same axes.
class Gatherer {
 public:
  Gatherer(
      const Constant& source,
      const AxisMaps& maps,
      const std::vector<std::int64_t>& strides,
      const std::optional<Constant>& fill)
      : source_(source),
        maps_(maps),
        strides_(strides),
        fill_(fill),
        shape_(mapped_shape(maps)),
        width_(static_cast<std::size_t>(bits_per_element(source.type()) / 8)) {
    OMPQ_ASSERT(width_ > 0, "packed elements cannot be moved one by one");
    bytes_.resize(static_cast<std::size_t>(element_count(shape_)) * width_);
  }

  Constant gather() {
    if (!bytes_.empty()) {
      descend(0, 0, false);
    }
    return Constant(source_.type(), shape_, std::move(bytes_));
  }

 private:
  void descend(std::size_t axis, std::int64_t offset, bool filled) {
    if (axis == maps_.size()) {
      put(offset, filled);
      return;
    }
    for (const std::int64_t position : maps_[axis]) {
      const bool outside = filled || position < 0;
      descend(
          axis + 1, outside ? 0 : offset + position * strides_[axis], outside);
    }
  }

  void put(std::int64_t offset, bool filled) {
    const std::byte* from = filled
                                ? fill_->bytes().data()
                                : source_.bytes().data() +
                                      static_cast<std::size_t>(offset) * width_;
    std::memcpy(bytes_.data() + written_, from, width_);
    written_ += width_;
  }

  const Constant& source_;
  const AxisMaps& maps_;
  const std::vector<std::int64_t>& strides_;
  const std::optional<Constant>& fill_;
  Shape shape_;
  std::size_t width_;
  std::vector<std::byte> bytes_;
  std::size_t written_ = 0;
};

}  // namespace

Constant select_elements(
    const Constant& source,
    const AxisMaps& maps,
    const std::optional<Constant>& fill) {
  const auto strides = row_major_strides(source.shape());
  return Gatherer(source, maps, strides, fill).gather();
}

std::vector<std::int64_t> identity_map(std::int64_t size) {
  std::vector<std::int64_t> map(static_cast<std::size_t>(size));
  std::iota(map.begin(), map.end(), 0);
  return map;
}

Constant broadcast_to(const Constant& source, const Shape& shape) {
  if (source.shape() == shape) {
    return source;
  }
  Shape padded(shape.size() - source.shape().size(), 1);
  padded.insert(padded.end(), source.shape().begin(), source.shape().end());
  AxisMaps maps;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    maps.push_back(
        padded[axis] == shape[axis]
            ? identity_map(shape[axis])
            : std::vector<std::int64_t>(
                  static_cast<std::size_t>(shape[axis]), 0));
  }
  return select_elements(source.reshaped(padded), maps);
}

Constant permute_axes(
    const Constant& source, const std::vector<std::int64_t>& permutation) {
  const auto strides = row_major_strides(source.shape());
  AxisMaps maps;
  std::vector<std::int64_t> permuted;
  for (const std::int64_t axis : permutation) {
    const auto position = static_cast<std::size_t>(axis);
    maps.push_back(identity_map(source.shape()[position]));
    permuted.push_back(strides[position]);
  }
  return Gatherer(source, maps, permuted, std::nullopt).gather();
}

}  // namespace ompq
