// SPDX-License-Identifier: MIT
#include "ompq/export/weight_source.h"

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/channel_axes.h"

namespace ompq::detail {
namespace {

constexpr int kMostBits = 16;

/// Positions of the elements of a weight among scales and groups.
class Grouping {
 public:
  Grouping(const WeightSource& source, const ChannelAxes& axes)
      : shape_(source.codes.shape()), axes_(axes), source_(source) {
    if (source.block_size > 0) {
      groups_ =
          (extent(axes.input) + source.block_size - 1) / source.block_size;
    }
  }

  /// True if there is one scale per output channel, per group of it, or one.
  [[nodiscard]] bool is_by_channel() const {
    const auto rank = static_cast<std::int64_t>(shape_.size());
    const std::int64_t scales = source_.scale.size();
    if (axes_.input < 0 || rank < 2) {
      return false;
    }
    if (source_.block_size > 0) {
      return rank == 2 && source_.axis == axes_.input &&
             scales == extent(axes_.output) * groups_;
    }
    return scales == 1 ||
           (source_.axis == axes_.output && scales == extent(axes_.output));
  }

  [[nodiscard]] std::int64_t channels() const { return extent(axes_.output); }
  [[nodiscard]] std::int64_t groups() const { return groups_; }

  /// Channel x groups + group of an element.
  [[nodiscard]] std::size_t group_of(std::size_t index) const {
    const auto element = static_cast<std::int64_t>(index);
    const std::int64_t channel =
        element / stride(axes_.output) % extent(axes_.output);
    const std::int64_t along =
        element / stride(axes_.input) % extent(axes_.input);
    const std::int64_t group =
        source_.block_size > 0 ? along / source_.block_size : 0;
    return static_cast<std::size_t>(channel * groups_ + group);
  }

  /// Elements one behind the other that belong to the same group.
  [[nodiscard]] std::size_t run_length() const {
    return source_.block_size > 0
               ? 1
               : static_cast<std::size_t>(stride(axes_.output));
  }

  /// Index of a group's scale in the constant.
  [[nodiscard]] std::size_t scale_of(std::size_t group) const {
    if (source_.scale.size() == 1) {
      return 0;
    }
    const auto groups = static_cast<std::size_t>(groups_);
    const bool group_first = source_.block_size > 0 && axes_.input == 0;
    return group_first ? group % groups * static_cast<std::size_t>(channels()) +
                             group / groups
                       : group;
  }

 private:
  [[nodiscard]] std::int64_t extent(std::int64_t axis) const {
    return shape_[static_cast<std::size_t>(axis)];
  }

  [[nodiscard]] std::int64_t stride(std::int64_t axis) const {
    std::int64_t elements = 1;
    for (auto i = static_cast<std::size_t>(axis) + 1; i < shape_.size(); ++i) {
      elements *= shape_[i];
    }
    return elements;
  }

  const Shape& shape_;
  ChannelAxes axes_;
  const WeightSource& source_;
  std::int64_t groups_ = 1;
};

/// Lowest and highest integer of a group above its zero point, zero included.
struct Extremes {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// True if the file's own integers and zero points lie on the grid.
bool is_on_grid(
    std::span<const std::int64_t> codes,
    std::span<const std::int64_t> zeros,
    const IntegerGrid& grid) {
  const auto fits = [&](std::int64_t number) {
    return number >= grid.lowest() && number <= grid.highest();
  };
  return std::ranges::all_of(codes, fits) && std::ranges::all_of(zeros, fits);
}

void check_sizes(const WeightSource& source, const std::string& layer) {
  OMPQ_CHECK(
      source.scale.size() > 0 &&
          (!source.zero_point ||
           source.zero_point->size() == source.scale.size()),
      ErrorCode::InvalidModel,
      "[export] layer '{}': {} scales and {} zero points do not fit",
      layer,
      source.scale.size(),
      source.zero_point ? source.zero_point->size() : 0);
}

}  // namespace

std::optional<WeightSource> weight_source(
    const Graph& graph, const Node& node) {
  const Constant* codes = graph.constant_input(node, 0);
  const Constant* scale = graph.constant_input(node, 1);
  const Constant* zero_point = graph.constant_input(node, 2);
  if (node.op_type != "DequantizeLinear" || !node.domain.empty() ||
      codes == nullptr || scale == nullptr ||
      (node.input(2).has_value() && zero_point == nullptr) ||
      is_floating_point(codes->type())) {
    return std::nullopt;
  }
  const std::int64_t axis = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(codes->shape().size());
  return WeightSource{
      .codes = *codes,
      .scale = *scale,
      .zero_point =
          zero_point == nullptr ? std::nullopt : std::optional(*zero_point),
      .axis = axis < 0 ? axis + rank : axis,
      .block_size = node.integer("block_size", 0)};
}

std::optional<WeightSource> reshaped_source(
    const WeightSource& source, const Graph& graph, const Node& node) {
  const Constant* target = graph.constant_input(node, 1);
  Shape shape = source.codes.shape();
  if (node.op_type != "Reshape" || target == nullptr || shape.size() < 2 ||
      shape.back() != 1) {
    return std::nullopt;
  }
  shape.pop_back();
  if (target->to_int64() != shape) {
    return std::nullopt;
  }
  WeightSource result = source;
  result.codes = source.codes.reshaped(shape);
  if (source.block_size > 0) {
    Shape blocks = source.scale.shape();
    blocks.pop_back();
    result.scale = source.scale.reshaped(blocks);
    if (source.zero_point) {
      result.zero_point = source.zero_point->reshaped(blocks);
    }
  }
  return result;
}

std::optional<QuantizedWeight> integers_of(
    const WeightSource& source, const Node& node, const Layer& layer) {
  check_sizes(source, layer.name);
  const ChannelAxes axes = channel_axes(layer, node);
  const Grouping grouping(source, axes);
  if (source.codes.shape() != layer.weight_shape || !grouping.is_by_channel()) {
    return std::nullopt;
  }
  const std::vector<std::int64_t> codes = source.codes.to_int64();
  const std::vector<double> scales = source.scale.to_double();
  const std::vector<std::int64_t> zeros =
      source.zero_point ? source.zero_point->to_int64()
                        : std::vector<std::int64_t>(scales.size(), 0);
  std::vector<Extremes> extremes(
      static_cast<std::size_t>(grouping.channels() * grouping.groups()));
  const std::size_t run = grouping.run_length();
  for (std::size_t begin = 0; begin < codes.size(); begin += run) {
    const std::size_t group = grouping.group_of(begin);
    const std::int64_t zero = zeros[grouping.scale_of(group)];
    const auto [low, high] =
        std::ranges::minmax(std::span(codes).subspan(begin, run));
    Extremes& range = extremes[group];
    range.low = std::min(range.low, low - zero);
    range.high = std::max(range.high, high - zero);
  }
  std::int64_t steps = 1;
  for (const Extremes& range : extremes) {
    steps = std::max(steps, range.high - range.low);
  }
  const int bits = std::bit_width(static_cast<std::uint64_t>(steps));
  if (bits > kMostBits) {
    return std::nullopt;
  }
  const IntegerGrid grid{.bits = bits, .is_signed = false};
  if (is_on_grid(codes, zeros, grid)) {
    for (std::size_t group = 0; group < extremes.size(); ++group) {
      extremes[group].low = -zeros[grouping.scale_of(group)];
    }
  }
  QuantizedWeight weight{
      .grid = grid,
      .codes = {},
      .shape = layer.weight_shape,
      .axis = axes.output,
      .group_size = source.block_size,
      .group_axis = source.block_size > 0 ? axes.input : 0,
      .scales = {},
      .zero_points = {}};
  weight.codes.reserve(codes.size());
  for (std::size_t begin = 0; begin < codes.size(); begin += run) {
    const std::size_t group = grouping.group_of(begin);
    const std::int64_t lowest =
        zeros[grouping.scale_of(group)] + extremes[group].low;
    for (std::size_t i = begin; i < begin + run; ++i) {
      weight.codes.push_back(static_cast<std::int32_t>(codes[i] - lowest));
    }
  }
  for (std::size_t group = 0; group < extremes.size(); ++group) {
    weight.scales.push_back(
        static_cast<float>(scales[grouping.scale_of(group)]));
    weight.zero_points.push_back(
        static_cast<std::int32_t>(-extremes[group].low));
  }
  return weight;
}

}  // namespace ompq::detail
