// SPDX-License-Identifier: MIT
#include "ompq/graph/scaled_layer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/fold_into_layer.h"

namespace ompq {
namespace {

std::vector<float> window_magnitudes(
    const Constant& weight, const WeightLayout& layout) {
  const auto elements = weight.elements<float>();
  std::vector<float> result(
      static_cast<std::size_t>(layout.rows() * layout.columns()));
  const auto inner = static_cast<std::size_t>(layout.inner());
  for (std::size_t cell = 0; cell < result.size(); ++cell) {
    for (std::size_t i = 0; i < inner; ++i) {
      result[cell] =
          std::max(result[cell], std::abs(elements[cell * inner + i]));
    }
  }
  return result;
}

std::vector<double> ones(std::int64_t count) {
  return std::vector<double>(static_cast<std::size_t>(count), 1.0);
}

/// The weight with each input channel multiplied.
Constant with_scaled_inputs(
    const Constant& weight,
    const WeightLayout& layout,
    const std::vector<double>& factors) {
  const auto elements = weight.elements<float>();
  std::vector<float> result(elements.begin(), elements.end());
  const auto inner = static_cast<std::size_t>(layout.inner());
  std::size_t position = 0;
  for (std::int64_t row = 0; row < layout.rows(); ++row) {
    for (std::int64_t column = 0; column < layout.columns(); ++column) {
      const double factor = factors[layout.input_channel(row, column)];
      for (std::size_t i = 0; i < inner; ++i, ++position) {
        result[position] =
            static_cast<float>(static_cast<double>(result[position]) * factor);
      }
    }
  }
  return Constant::from<float>(result, weight.shape());
}

GraphBuilder::NodeSpec spec_called(
    const GraphBuilder& builder, const std::string& name) {
  const auto& specs = builder.nodes();
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const auto& spec) {
        return spec.name == name;
      });
  OMPQ_ASSERT(found != specs.end(), "equalization keeps the layers' names");
  return *found;
}

}  // namespace

ScaledLayer::ScaledLayer(const Graph& graph, const Node& layer)
    : layer_(layer.id),
      layout_(layer, graph.constant_input(layer, 1)->shape()),
      is_depthwise_(layer.op_type == "Conv" && layout_.columns() == 1),
      magnitudes_(window_magnitudes(*graph.constant_input(layer, 1), layout_)),
      output_factors_(ones(layout_.output_channels())),
      input_factors_(ones(layout_.input_channels())) {}

double ScaledLayer::magnitude(std::int64_t row, std::int64_t column) const {
  return static_cast<double>(magnitudes_[static_cast<std::size_t>(
             row * layout_.columns() + column)]) *
         output_factors_[layout_.output_channel(row, column)] *
         input_factors_[layout_.input_channel(row, column)];
}

std::vector<double> ScaledLayer::output_ranges() const {
  std::vector<double> ranges(output_factors_.size());
  for (std::int64_t row = 0; row < layout_.rows(); ++row) {
    for (std::int64_t column = 0; column < layout_.columns(); ++column) {
      double& range = ranges[layout_.output_channel(row, column)];
      range = std::max(range, magnitude(row, column));
    }
  }
  return ranges;
}

std::vector<double> ScaledLayer::input_ranges() const {
  std::vector<double> ranges(input_factors_.size());
  for (std::int64_t row = 0; row < layout_.rows(); ++row) {
    for (std::int64_t column = 0; column < layout_.columns(); ++column) {
      double& range = ranges[layout_.input_channel(row, column)];
      range = std::max(range, magnitude(row, column));
    }
  }
  return ranges;
}

void ScaledLayer::scale_output(std::int64_t channel, double factor) {
  output_factors_[static_cast<std::size_t>(channel)] *= factor;
}

void ScaledLayer::scale_input(std::int64_t channel, double factor) {
  input_factors_[static_cast<std::size_t>(channel)] *= factor;
}

void ScaledLayer::apply(const Graph& graph, GraphBuilder& builder) const {
  const bool scales_outputs =
      output_factors_ != ones(layout_.output_channels());
  if (!scales_outputs && input_factors_ == ones(layout_.input_channels())) {
    return;
  }
  const Node& layer = graph.node(layer_);
  GraphBuilder::NodeSpec spec = spec_called(builder, layer.name);
  Constant weight = *graph.constant_input(layer, 1);
  if (scales_outputs) {
    const auto folded = fold_behind(
        graph,
        layer,
        {.scale = output_factors_,
         .shift = std::vector<double>(output_factors_.size(), 0.0)});
    OMPQ_ASSERT(folded, "paths begin at layers with a vector as bias");
    weight = folded->weight;
    if (layer.input(2)) {
      spec.inputs[2] = builder.add_fresh_constant(
          spec.inputs[2] + "_equalized", folded->bias);
      if (layer.op_type == "Gemm") {
        // The factor is part of the new bias.
        spec.attributes.insert_or_assign("beta", 1.0F);
      }
    }
  }
  spec.inputs[1] = builder.add_fresh_constant(
      spec.inputs[1] + "_equalized",
      with_scaled_inputs(weight, layout_, input_factors_));
  builder.replace_node(layer.name, {std::move(spec)});
}

}  // namespace ompq
