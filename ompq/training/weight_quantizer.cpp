// SPDX-License-Identifier: MIT
#include "ompq/training/weight_quantizer.h"

#include <span>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ompq/quantization/fake_quantize.h"
#include "ompq/quantization/fake_quantize_rows.h"

namespace ompq {
namespace {

std::span<const float> numbers(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

std::span<float> changeable(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// One for each row of `scales`, which is contiguous.
std::vector<AffineParameters> parameters_of(
    const at::Tensor& scales, const at::Tensor& zero_points) {
  const float* const scale = scales.data_ptr<float>();
  const auto* const zero_point = zero_points.data_ptr<std::int32_t>();
  std::vector<AffineParameters> parameters(
      static_cast<std::size_t>(scales.numel()));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = {.scale = scale[i], .zero_point = zero_point[i]};
  }
  return parameters;
}

IntegerGrid grid_of(torch::autograd::AutogradContext& context) {
  return {
      .bits = static_cast<int>(context.saved_data["bits"].toInt()),
      .is_signed = context.saved_data["is_signed"].toBool()};
}

/// Rows with one scale each.
class QuantizeRows : public torch::autograd::Function<QuantizeRows> {
 public:
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      const at::Tensor& rows,
      const at::Tensor& scales,
      const at::Tensor& zero_points,
      std::int64_t bits,
      bool is_signed) {
    context->save_for_backward({rows, scales, zero_points});
    context->saved_data["bits"] = bits;
    context->saved_data["is_signed"] = is_signed;
    at::Tensor y = at::empty_like(rows);
    fake_quantize_rows(
        grid_of(*context),
        parameters_of(scales, zero_points),
        numbers(rows),
        changeable(y));
    return y;
  }

  static torch::autograd::tensor_list backward(
      torch::autograd::AutogradContext* context,
      torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor dy = gradients.front().contiguous();
    const at::Tensor dw = at::empty_like(dy);
    const at::Tensor dscale = at::empty_like(saved[1]);
    fake_quantize_rows_gradient(
        grid_of(*context),
        parameters_of(saved[1], saved[2]),
        numbers(saved[0]),
        numbers(dy),
        changeable(dw),
        changeable(dscale));
    return {dw, dscale, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// Weights as rows that have one scale each: groups of a row become rows, the
/// last one filled up with zeros.
struct ScaledRows {
  at::Tensor rows;
  at::Tensor scales;
  at::Tensor zero_points;

  ScaledRows(const at::Tensor& weights, const WeightGrid& grid) {
    const std::int64_t groups = grid.zero_points.size(1);
    const std::int64_t missing = groups * grid.group_size - weights.size(1);
    const at::Tensor filled =
        missing > 0 ? at::constant_pad_nd(weights, {0, missing}) : weights;
    rows = filled.contiguous().reshape({weights.size(0) * groups, -1});
    scales = grid.scales.expand_as(grid.zero_points).contiguous().reshape({-1});
    zero_points = grid.zero_points.contiguous().reshape({-1});
  }
};

}  // namespace

at::Tensor quantize_weight(const at::Tensor& rows, const WeightGrid& grid) {
  const ScaledRows scaled(rows, grid);
  const at::Tensor result = QuantizeRows::apply(
      scaled.rows,
      scaled.scales,
      scaled.zero_points,
      grid.grid.bits,
      grid.grid.is_signed);
  return result.reshape({rows.size(0), -1}).narrow(1, 0, rows.size(1));
}

at::Tensor weight_codes(const at::Tensor& rows, const WeightGrid& grid) {
  const at::NoGradGuard no_gradients;
  const ScaledRows scaled(rows, grid);
  const at::Tensor codes =
      at::empty(scaled.rows.sizes(), scaled.zero_points.options());
  const auto parameters = parameters_of(scaled.scales, scaled.zero_points);
  const auto columns = static_cast<std::size_t>(scaled.rows.size(1));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    quantize(
        grid.grid,
        parameters[i],
        numbers(scaled.rows).subspan(i * columns, columns),
        {codes.data_ptr<std::int32_t>() + i * columns, columns});
  }
  return codes.reshape({rows.size(0), -1})
      .narrow(1, 0, rows.size(1))
      .contiguous();
}

}  // namespace ompq
