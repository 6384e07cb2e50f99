// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "ompq/reconstruction/layer_patches.h"
#include "ompq/sensitivity/gradient_pass.h"
#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/layer_sample.h"
#include "ompq/sensitivity/rounding_errors.h"

namespace ompq::detail {
namespace {

/// s_n(b), the inner product of gradient and error of each image, for one
/// layer. With G_n = sum over positions of g x', the gradient by the weights:
///
///   sum over the output of g (dW_b x - mean) = <G_n, dW_b> - g_n . dW_b m
///
/// where g_n is the sum of g over positions and m the mean of x.
class TaylorSum {
 public:
  TaylorSum(const Graph& graph, const Layer& layer, RoundingErrors rounding)
      : layer_(layer),
        node_(graph.node(layer.node)),
        kind_(layer.kind),
        rounding_(std::move(rounding)),
        operator_(make_operator(node_, graph)),
        has_patches_(has_patches(node_, rounding_.layout)) {}

  void add(const LayerGradient& event) {
    const std::int64_t images = event.gradient.size(0);
    const at::Tensor products =
        at::zeros({images, std::ssize(rounding_.errors)}, at::kDouble);
    const at::Tensor gradients =
        output_rows(event.gradient, kind_)
            .reshape({images, -1, output_channels(event.gradient)});
    if (has_patches_) {
      add_patches(event.input, gradients, products);
    } else {
      add_outputs(event.input, gradients, products);
    }
    products_.push_back(products);
    gradient_sums_.push_back(gradients.sum(1).to(at::kDouble));
    check_gradient(layer_, gradient_sums_.back().sum().item<double>());
    positions_ += gradients.size(0) * gradients.size(1);
  }

  /// 1/2 E_n s_n(b)^2 for each width.
  [[nodiscard]] at::Tensor errors() const {
    const at::Tensor means =
        at::stack(error_sums_) / static_cast<double>(positions_);
    const at::Tensor inner =
        at::cat(products_, 0) - at::mm(at::cat(gradient_sums_, 0), means.t());
    return inner.square().mean(0) * 0.5;
  }

 private:
  [[nodiscard]] std::int64_t output_channels(const at::Tensor& output) const {
    const bool is_convolution =
        kind_ == LayerKind::Conv || kind_ == LayerKind::ConvTranspose;
    return output.size(is_convolution ? 1 : -1);
  }

  /// Adds the sum over positions of each channel's error.
  void add_error_sum(std::size_t width, const at::Tensor& sum) {
    if (error_sums_.size() <= width) {
      error_sums_.push_back(sum);
    } else {
      error_sums_[width] += sum;
    }
  }

  /// Through the gradient by the weights; threads share the images.
  void add_patches(
      const at::Tensor& input,
      const at::Tensor& gradients,
      const at::Tensor& products) {
    const WeightRows& layout = rounding_.layout;
    const std::int64_t images = gradients.size(0);
    const std::int64_t positions = gradients.size(1);
    const at::Tensor input_sums =
        at::empty({images, layout.groups, layout.columns});
    at::parallel_for(0, images, 1, [&](std::int64_t begin, std::int64_t end) {
      const at::NoGradGuard no_gradients;
      for (std::int64_t n = begin; n < end; ++n) {
        const at::Tensor patches =
            *layer_patches(node_, layout, input.narrow(0, n, 1), positions);
        const at::Tensor by_weight =
            at::bmm(
                gradients[n]
                    .reshape({positions, layout.groups, -1})
                    .permute({1, 2, 0}),
                patches)
                .reshape({-1});
        for (std::size_t w = 0; w < rounding_.errors.size(); ++w) {
          const auto column = static_cast<std::int64_t>(w);
          products[n][column] =
              by_weight.dot(rounding_.errors[w].reshape({-1})).item<double>();
        }
        input_sums[n].copy_(patches.sum(1));
      }
    });
    const at::Tensor sums = input_sums.sum(0).unsqueeze(2);
    for (std::size_t w = 0; w < rounding_.errors.size(); ++w) {
      const at::Tensor rows =
          rounding_.errors[w].reshape({layout.groups, -1, layout.columns});
      add_error_sum(w, at::bmm(rows, sums).reshape({-1}).to(at::kDouble));
    }
  }

  /// By running the layer with each error as its weights.
  void add_outputs(
      const at::Tensor& input,
      const at::Tensor& gradients,
      const at::Tensor& products) {
    const at::NoGradGuard no_gradients;
    for (std::size_t w = 0; w < rounding_.errors.size(); ++w) {
      const at::Tensor weight =
          from_rows(rounding_.errors[w], rounding_.layout);
      const at::Tensor output = operator_({input, weight}).front();
      const at::Tensor rows =
          output_rows(output, kind_).reshape(gradients.sizes());
      products.select(1, static_cast<std::int64_t>(w))
          .copy_((rows * gradients).sum(at::IntArrayRef{1, 2}));
      add_error_sum(w, rows.sum(at::IntArrayRef{0, 1}).to(at::kDouble));
    }
  }

  const Layer& layer_;
  const Node& node_;
  LayerKind kind_;
  RoundingErrors rounding_;
  Operator operator_;
  bool has_patches_;
  /// [n, W] and [n, channels] float64 of each batch of images.
  Tensors products_;
  Tensors gradient_sums_;
  /// [channels] float64 of each width.
  Tensors error_sums_;
  std::int64_t positions_ = 0;
};

}  // namespace

LayerErrors taylor_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const LayerTable& layers = model.layers.layers;
  std::vector<TaylorSum> sums;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    sums.emplace_back(
        model.graph,
        layers[i],
        rounding_errors(
            model.graph, layers[i], options.widths[i], options.grids));
  }
  visit_gradients(
      model,
      micro_batches,
      options.seed,
      [&](const LayerGradient& event) { sums[event.layer].add(event); },
      observer);
  LayerErrors errors(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const at::Tensor of_widths = sums[i].errors();
    for (std::size_t w = 0; w < options.widths[i].size(); ++w) {
      errors[i][options.widths[i][w]] =
          of_widths[static_cast<std::int64_t>(w)].item<double>();
    }
  }
  return errors;
}

}  // namespace ompq::detail
