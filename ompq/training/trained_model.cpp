// SPDX-License-Identifier: MIT
#include "ompq/training/trained_model.h"

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

template <typename Element>
std::vector<Element> elements(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  const auto* const data = dense.data_ptr<Element>();
  return {data, data + dense.numel()};
}

void check_finite(const at::Tensor& tensor, const std::string& layer) {
  OMPQ_CHECK(
      !tensor.defined() || at::isfinite(tensor).all().item<bool>(),
      ErrorCode::InvalidData,
      "[train] layer '{}': a weight, bias or step is not finite; give a "
      "smaller --learning-rate, or --clip",
      layer);
}

QuantizedLayer to_layer(const TrainableLayer& layer) {
  const WeightGrid grid = layer.grid();
  for (const at::Tensor& tensor : {layer.weight, layer.bias, grid.scales}) {
    check_finite(tensor, layer.name);
  }
  at::Tensor codes = weight_codes(layer.real_weight(), grid);
  at::Tensor scales = grid.scales.expand_as(grid.zero_points);
  at::Tensor zero_points = grid.zero_points;
  at::Tensor bias = layer.bias;
  if (layer.norm) {
    const TrainableNorm::Affine affine = layer.norm->affine();
    check_finite(affine.factor, layer.name);
    const at::Tensor is_mirrored = (affine.factor < 0).unsqueeze(1);
    const auto ends =
        static_cast<std::int64_t>(grid.grid.lowest()) + grid.grid.highest();
    codes = at::where(is_mirrored, ends - codes, codes).to(at::kInt);
    zero_points =
        at::where(is_mirrored, ends - zero_points, zero_points).to(at::kInt);
    scales = scales * affine.factor.abs().unsqueeze(1);
    bias = affine.shift;
  }
  const bool is_grouped = scales.size(1) > 1;
  return {
      .name = layer.name,
      .weight =
          {.grid = grid.grid,
           .codes = elements<std::int32_t>(from_rows(codes, layer.layout)),
           .shape = layer.layout.shape,
           .axis = layer.layout.axis,
           .group_size = is_grouped ? grid.group_size : 0,
           .group_axis = layer.layout.input_axis,
           .scales = elements<float>(scales),
           .zero_points = elements<std::int32_t>(zero_points)},
      .bias = bias.defined() ? elements<float>(bias) : std::vector<float>()};
}

}  // namespace

QuantizedModel to_quantized_model(const TrainableNetwork& network) {
  const at::NoGradGuard no_gradients;
  QuantizedModel model;
  for (const TrainableLayer& layer : network.parts().layers) {
    if (layer.start_grid) {
      model.layers.push_back(to_layer(layer));
    }
  }
  for (const TrainableActivation& activation : network.parts().activations) {
    const ActivationStep step = activation.quantizer();
    check_finite(step.scale, activation.value);
    model.activations.push_back(
        {.value = activation.value,
         .grid = step.grid,
         .parameters = step.parameters()});
  }
  return model;
}

}  // namespace ompq
