// SPDX-License-Identifier: MIT
#include "ompq/graph/equalize_layers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/channel_paths.h"
#include "ompq/graph/clip_replacement.h"
#include "ompq/graph/equalization_scales.h"
#include "ompq/graph/scaled_layer.h"

namespace ompq {
namespace {

/// A path with what is known of it and done to it.
struct ScaledPath {
  ChannelPath path;
  /// [C] observed, of the network as it was given; empty if unknown.
  std::vector<double> maxima;
  /// [C] product of all scales so far.
  std::vector<double> scales;
  EqualizedLayer report;
};

void check_options(const EqualizationOptions& options) {
  const bool is_valid = options.headroom >= 1.0 &&
                        options.largest_scale > 1.0 && options.sweeps >= 0 &&
                        options.tolerance >= 0.0;
  OMPQ_CHECK(
      is_valid,
      ErrorCode::InvalidArgument,
      "[equalize] headroom {} must be at least 1, largest_scale {} more than "
      "1, sweeps {} and tolerance {} at least 0",
      options.headroom,
      options.largest_scale,
      options.sweeps,
      options.tolerance);
  OMPQ_CHECK(
      options.goal == EqualizationGoal::Weights ||
          !options.channel_maxima.empty(),
      ErrorCode::InvalidArgument,
      "[equalize] activations are equalized by their channel maxima; none are "
      "given");
}

/// The maxima of a value's channels; empty if they are not known.
std::vector<double> read_maxima(
    const std::string& value,
    std::int64_t channels,
    const EqualizationOptions& options) {
  const auto found = options.channel_maxima.find(value);
  if (found == options.channel_maxima.end()) {
    return {};
  }
  const std::vector<float>& maxima = found->second;
  OMPQ_CHECK(
      static_cast<std::int64_t>(maxima.size()) == channels,
      ErrorCode::ShapeMismatch,
      "[equalize] value '{}': expected {} channel maxima, got {}",
      value,
      channels,
      maxima.size());
  for (std::size_t channel = 0; channel < maxima.size(); ++channel) {
    OMPQ_CHECK(
        std::isfinite(maxima[channel]) && maxima[channel] >= 0.0F,
        ErrorCode::InvalidData,
        "[equalize] value '{}': the maximum of channel {} is {}; expected a "
        "finite number of at least 0",
        value,
        channel,
        maxima[channel]);
  }
  return {maxima.begin(), maxima.end()};
}

/// Scales the channels of all paths of a graph.
class Equalizer {
 public:
  Equalizer(
      const Graph& graph,
      const LayerTable& layers,
      const EqualizationOptions& options)
      : graph_(graph), options_(options) {
    for (ChannelPath& path : find_channel_paths(graph, layers)) {
      add_path(std::move(path));
    }
  }

  void run() {
    for (int sweep = 0; sweep < options_.sweeps; ++sweep) {
      double change = 0.0;
      for (ScaledPath& path : paths_) {
        change = std::max(change, scale(path));
      }
      // Activations do not depend on the scales of other layers.
      if (change <= options_.tolerance ||
          options_.goal == EqualizationGoal::Activations) {
        return;
      }
    }
  }

  [[nodiscard]] Equalization finish() && {
    GraphBuilder builder(graph_);
    for (const auto& [node, layer] : layers_) {
      layer.apply(graph_, builder);
    }
    Equalization result{.graph = Graph(graph_)};
    for (ScaledPath& path : paths_) {
      replace_clip(path, builder);
      EqualizedLayer& report = path.report;
      report.ratio_after = range_ratio(layer_ranges(path));
      report.reader_ratio_after = range_ratio(reader_ranges(path));
      result.largest_ratio_before = std::max(
          {result.largest_ratio_before,
           report.ratio_before,
           report.reader_ratio_before});
      result.largest_ratio_after = std::max(
          {result.largest_ratio_after,
           report.ratio_after,
           report.reader_ratio_after});
      result.layers.push_back(std::move(report));
    }
    result.graph = std::move(builder).build();
    return result;
  }

 private:
  void add_path(ChannelPath path) {
    const Node& node = graph_.node(path.layer);
    ScaledPath added;
    added.maxima = read_maxima(
        graph_.value(path.activation).name, path.channels, options_);
    const bool needs_maxima =
        options_.goal == EqualizationGoal::Activations ||
        (path.clip && options_.clips == ClipHandling::KeepBelowLimit);
    const bool is_skipped = (needs_maxima && added.maxima.empty()) ||
                            (path.clip && options_.clips == ClipHandling::Skip);
    if (is_skipped) {
      return;
    }
    layers_.try_emplace(node.id, graph_, node);
    for (const ChannelReader& reader : path.readers) {
      layers_.try_emplace(reader.node, graph_, graph_.node(reader.node));
    }
    added.scales.assign(static_cast<std::size_t>(path.channels), 1.0);
    added.path = std::move(path);
    added.report.name = node.name;
    added.report.ratio_before = range_ratio(layer_ranges(added));
    added.report.reader_ratio_before = range_ratio(reader_ranges(added));
    paths_.push_back(std::move(added));
  }

  /// max |W| of each channel in the layer.
  [[nodiscard]] std::vector<double> layer_ranges(const ScaledPath& path) const {
    return layers_.at(path.path.layer).output_ranges();
  }

  /// max |W| of each channel over all readers.
  [[nodiscard]] std::vector<double> reader_ranges(
      const ScaledPath& path) const {
    std::vector<double> ranges(path.scales.size());
    for (const ChannelReader& reader : path.path.readers) {
      const std::vector<double> inputs = layers_.at(reader.node).input_ranges();
      auto input = inputs.begin() + reader.first_input;
      for (double& range : ranges) {
        const auto end = input + reader.inputs_per_channel;
        range = std::max(range, *std::max_element(input, end));
        input = end;
      }
    }
    return ranges;
  }

  /// What is made equal for the goal.
  [[nodiscard]] ChannelRanges goal_ranges(const ScaledPath& path) const {
    ChannelRanges ranges{.readers = reader_ranges(path)};
    if (options_.goal == EqualizationGoal::Weights) {
      ranges.layer = layer_ranges(path);
      return ranges;
    }
    ranges.layer = path.maxima;
    const bool all_depthwise = std::all_of(
        path.path.readers.begin(),
        path.path.readers.end(),
        [&](const ChannelReader& reader) {
          return layers_.at(reader.node).is_depthwise();
        });
    for (std::size_t i = 0; all_depthwise && i < ranges.layer.size(); ++i) {
      // The root of the square: the range itself.
      ranges.layer[i] *= path.maxima[i];
      ranges.readers[i] = ranges.readers[i] > 0.0 ? 1.0 : 0.0;
    }
    return ranges;
  }

  void add_limits(const ScaledPath& path, ChannelRanges& ranges) const {
    if (path.maxima.empty()) {
      return;
    }
    const bool has_limit =
        path.path.clip && options_.clips == ClipHandling::KeepBelowLimit;
    const double limit =
        has_limit ? static_cast<double>(path.path.limit) / options_.headroom
                  : *std::max_element(path.maxima.begin(), path.maxima.end());
    for (std::size_t i = 0; i < path.maxima.size(); ++i) {
      const double maximum = path.maxima[i];
      ranges.smallest.push_back(
          maximum > 0.0 ? maximum / path.scales[i] / limit : 0.0);
      ranges.is_fixed.push_back(has_limit && maximum >= limit);
    }
  }

  /// One step for one path; returns the largest relative change.
  double scale(ScaledPath& path) {
    ChannelRanges ranges = goal_ranges(path);
    add_limits(path, ranges);
    const std::vector<double> scales =
        equalizing_scales(ranges, options_.largest_scale);
    double change = 0.0;
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const auto channel = static_cast<std::int64_t>(i);
      change = std::max(change, std::abs(std::log(scales[i])));
      path.scales[i] *= scales[i];
      layers_.at(path.path.layer).scale_output(channel, 1.0 / scales[i]);
      for (const ChannelReader& reader : path.path.readers) {
        const std::int64_t count = reader.inputs_per_channel;
        for (std::int64_t k = 0; k < count; ++k) {
          layers_.at(reader.node)
              .scale_input(reader.first_input + channel * count + k, scales[i]);
        }
      }
    }
    return change;
  }

  void replace_clip(const ScaledPath& path, GraphBuilder& builder) const {
    if (!path.path.clip) {
      return;
    }
    const Node& clip = graph_.node(*path.path.clip);
    if (options_.clips == ClipHandling::Remove) {
      replace_clip_by_relu(graph_, clip, builder);
    } else if (options_.clips == ClipHandling::LimitPerChannel) {
      std::vector<float> limits;
      for (const double scale : path.scales) {
        limits.push_back(static_cast<float>(path.path.limit / scale));
      }
      limit_per_channel(graph_, clip, limits, builder);
    }
  }

  const Graph& graph_;
  const EqualizationOptions& options_;
  std::map<NodeId, ScaledLayer> layers_;
  std::vector<ScaledPath> paths_;
};

}  // namespace

Equalization equalize_layers(
    const Graph& graph,
    const LayerTable& layers,
    const EqualizationOptions& options) {
  check_options(options);
  Equalizer equalizer(graph, layers, options);
  equalizer.run();
  return std::move(equalizer).finish();
}

}  // namespace ompq
