// SPDX-License-Identifier: MIT
#include "ompq/export/packed_size.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "ompq/core/units.h"
#include "ompq/export/packed_form.h"
#include "ompq/graph/channel_axes.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/packed_functions.h"

namespace ompq {
namespace {

/// Characters of a hexadecimal SHA-256, of a seed and of a version.
constexpr std::size_t kLongText = 64;
/// Lengths in the file are longer once the planes are there.
constexpr std::int64_t kLengths = 64;
/// What a pool takes besides its planes: a call, a Split, a part that fills up.
constexpr std::int64_t kPoolBytes = 120;
/// A plane's name, type and lengths.
constexpr std::int64_t kPlaneBytes = 40;
/// What a layer may take more in a group of several than alone.
constexpr std::int64_t kGroupBytes = 24;
/// A width and a comma.
constexpr std::size_t kWidthText = 6;

/// Scales and zero points of a layer without numbers.
///
/// @param zero_point_type  of the widest weights
detail::PackedConstants empty_constants(
    const QuantizedLayer& layer,
    const detail::IntegerInput* input,
    DataType zero_point_type) {
  const QuantizedWeight& weight = layer.weight;
  const bool has_groups = weight.group_size > 0;
  Shape shape{weight.shape[static_cast<std::size_t>(weight.axis)]};
  if (has_groups) {
    const auto along = static_cast<std::size_t>(weight.group_axis);
    shape = weight.shape;
    shape[along] =
        (weight.shape[along] + weight.group_size - 1) / weight.group_size;
  }
  // Numbers that differ, which cannot be stated as one.
  std::vector<float> numbers(
      static_cast<std::size_t>(element_count(shape)), 1.0F);
  numbers.front() = 2.0F;
  const Constant scale = Constant::from(numbers, shape);
  return {
      .bits = weight.grid.bits,
      .numbers = {},
      .scale = scale,
      .zero_point = scale.cast(zero_point_type),
      .axis = has_groups ? weight.group_axis : weight.axis,
      .group_size = weight.group_size,
      .base = input != nullptr && !has_groups
                  ? std::optional(Constant::scalar<std::uint8_t>(128))
                  : std::nullopt};
}

QuantizedLayer empty_layer(
    const Graph& graph, const Layer& layer, const PackedSizeOptions& options) {
  const ChannelAxes axes = channel_axes(layer, graph.node(layer.node));
  const bool has_groups =
      options.group_size > 0 && layer.weight_shape.size() == 2 &&
      (layer.kind == LayerKind::Gemm || layer.kind == LayerKind::MatMul);
  return {
      .name = layer.name,
      .weight =
          {.grid = {.bits = 8},
           .codes = {},
           .shape = layer.weight_shape,
           .axis = axes.output,
           .group_size = has_groups ? options.group_size : 0,
           .group_axis = has_groups ? axes.input : 0,
           .scales = {},
           .zero_points = {}},
      .bias = std::vector<float>(
          static_cast<std::size_t>(layer.output_channels), 0.0F)};
}

QuantizedModel empty_model(
    const Graph& graph,
    const LayerTable& layers,
    const PackedSizeOptions& options) {
  QuantizedModel model;
  for (const Layer& layer : layers) {
    model.layers.push_back(empty_layer(graph, layer, options));
  }
  if (!options.activation_bits) {
    return model;
  }
  for (const ActivationSite& site :
       find_activation_sites(graph, layers, options.sites)) {
    for (const ValueId id : site.values) {
      model.activations.push_back(
          {.value = graph.value(id).name,
           .grid = {.bits = *options.activation_bits},
           // Behind a Relu or Clip codes at both ends are missing.
           .parameters = {.scale = 1.0F, .zero_point = 1}});
    }
  }
  return model;
}

}  // namespace

FileSizeModel packed_size_model(
    const Graph& graph,
    const LayerTable& layers,
    const PackedSizeOptions& options) {
  const QuantizedModel model = empty_model(graph, layers, options);
  std::vector<int> bits = options.weight_bits;
  bits.push_back(kBitsPerByte);
  const DataType zero_point_type = std::ranges::max(bits) > kBitsPerByte
                                       ? DataType::UInt16
                                       : DataType::UInt8;
  const auto make_constants = [&](const QuantizedLayer& layer,
                                  const detail::IntegerInput* input) {
    return empty_constants(layer, input, zero_point_type);
  };
  const detail::ClippedGrids clipped =
      detail::clip_by_byte_grids(graph, model.activations);
  GraphBuilder builder(insert_quantizers(
      clipped.graph,
      model,
      detail::PackedForm(
          clipped,
          detail::find_integer_inputs(graph, model),
          model,
          make_constants,
          false)));
  std::vector<std::string> names;
  for (const int width : bits) {
    names.push_back(join_function_name(width));
  }
  if (options.group_size > 0) {
    names.push_back(groups_function_name(0));
    names.push_back(groups_function_name(1));
  }
  for (Function& function : packed_functions(names, graph.opset())) {
    builder.add_function(std::move(function));
  }
  for (const char* key :
       {"ompq.model_hash", "ompq.profile", "ompq.seed", "ompq.version"}) {
    builder.set_metadata(key, std::string(kLongText, 'x'));
  }
  builder.set_metadata(
      "ompq.weight_bits", std::string(kWidthText * model.layers.size(), 'x'));
  builder.set_metadata(
      "ompq.activation_bits",
      std::string(kWidthText * model.activations.size(), 'x'));
  const std::string bytes = serialize_onnx(
      std::move(builder).build(),
      {.inner_values = false, .quantizer_names = false});
  std::int64_t pools = 0;
  for (const int width : std::set<int>(bits.begin(), bits.end())) {
    pools += kPoolBytes + width +
             kPlaneBytes * static_cast<std::int64_t>(bit_planes(width).size());
  }
  return {
      .fixed_bytes =
          static_cast<std::int64_t>(bytes.size()) + kLengths + pools +
          kGroupBytes * static_cast<std::int64_t>(model.layers.size()),
      .bytes_per_plane = 0};
}

}  // namespace ompq
