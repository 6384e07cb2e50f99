// SPDX-License-Identifier: MIT
#include "ompq/export/packed_size.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "ompq/export/packed_graph.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/quantizable_layers.h"

#include "tests/cli/small_network.h"
#include "tests/export/grouped_network.h"
#include "tests/quantization/quantize_plainly.h"

namespace ompq {
namespace {

/// A network quantized in the way that takes most: a bias for each layer, a
/// quantizer for each site.
QuantizedModel largest_model(const Graph& graph, int bits) {
  const LayerTable layers = find_quantizable_layers(graph).layers;
  QuantizedModel model = quantize_plainly(
      graph, {.weights = {.bits = bits}, .activation_scale = 0.0F});
  for (QuantizedLayer& layer : model.layers) {
    const auto row = std::ranges::find(layers, layer.name, &Layer::name);
    layer.bias.assign(static_cast<std::size_t>(row->output_channels), 0.5F);
  }
  for (const ActivationSite& site : find_activation_sites(graph, layers)) {
    for (const ValueId id : site.values) {
      model.activations.push_back(
          {.value = graph.value(id).name,
           .grid = {.bits = 8},
           .parameters = {.scale = 0.1F, .zero_point = 3}});
    }
  }
  return model;
}

TEST(PackedSize, IsAnUpperBoundThatIsNearlyReached) {
  for (const Graph& graph :
       {infer_shapes(small_network()), grouped_network()}) {
    const LayerTable layers = find_quantizable_layers(graph).layers;
    for (const int bits : {2, 3, 4, 7, 8}) {
      const FileSizeModel size =
          packed_size_model(graph, layers, {.weight_bits = {bits}});
      std::int64_t bound = size.fixed_bytes;
      for (const Layer& layer : layers) {
        bound += layer_file_bytes(size, layer, bits);
      }

      const std::string bytes = serialize_onnx(
          to_packed_graph(graph, largest_model(graph, bits)),
          {.inner_values = false, .quantizer_names = false});

      EXPECT_LE(static_cast<std::int64_t>(bytes.size()), bound)
          << bits << " bits";
      // Metadata, the function for 8 bits and bounds of lengths.
      EXPECT_GE(static_cast<std::int64_t>(bytes.size()), bound - 1700)
          << bits << " bits";
    }
  }
}

}  // namespace
}  // namespace ompq
