// SPDX-License-Identifier: MIT
#include "ompq/engine/convolution.h"

#include <array>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>
#include <dnnl.hpp>

#include "ompq/core/error.h"
#include "ompq/engine/convolution_shapes.h"
#include "ompq/engine/dnnl_operations.h"

namespace ompq {
namespace {

constexpr auto kLayout = at::MemoryFormat::ChannelsLast;

/// clamp(x + residual) as oneDNN's operations after a convolution.
dnnl::primitive_attr post_operations(
    const std::optional<ClampRange>& range,
    const dnnl::memory::desc& destination,
    bool has_residual) {
  dnnl::post_ops operations;
  if (has_residual) {
    operations.append_binary(dnnl::algorithm::binary_add, destination);
  }
  append_clamp(operations, range);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  return attributes;
}

/// A primitive for one input size, with the weights in its layout.
struct CompiledConvolution {
  dnnl::convolution_forward primitive;
  ConvolutionShapes shapes;
  dnnl::memory weight;
};

}  // namespace

struct FusedConvolution::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  ConvolutionGeometry geometry;
  Constant weight;
  Constant bias;
  std::optional<ClampRange> range;
  bool has_residual = false;
  mutable std::mutex mutex;
  mutable std::map<std::array<std::int64_t, 3>, CompiledConvolution> compiled;

  [[nodiscard]] CompiledConvolution compile(const at::Tensor& input) const;
  [[nodiscard]] const CompiledConvolution& compiled_for(
      const at::Tensor& input) const;
  [[nodiscard]] at::Tensor execute(
      const at::Tensor& input, const at::Tensor& residual) const;
};

CompiledConvolution FusedConvolution::State::compile(
    const at::Tensor& input) const {
  const ConvolutionShapes shapes =
      convolution_shapes(geometry, weight.shape(), input.sizes().vec());
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference,
      dnnl::algorithm::convolution_direct,
      shapes.source,
      shapes.weight,
      {bias.shape(), kDnnlFloat, DnnlTag::x},
      shapes.destination,
      shapes.strides,
      shapes.gaps,
      shapes.padding.before,
      shapes.padding.after);
  const dnnl::convolution_forward::primitive_desc primitive(
      description,
      post_operations(range, shapes.destination, has_residual),
      engine);
  return {
      dnnl::convolution_forward(primitive),
      shapes,
      packed_weight(engine, weight, primitive.weights_desc())};
}

const CompiledConvolution& FusedConvolution::State::compiled_for(
    const at::Tensor& input) const {
  const std::array<std::int64_t, 3> key{
      input.size(0), input.size(2), input.size(3)};
  const std::lock_guard lock(mutex);
  auto found = compiled.find(key);
  if (found == compiled.end()) {
    found = compiled.emplace(key, compile(input)).first;
  }
  return found->second;
}

at::Tensor FusedConvolution::State::execute(
    const at::Tensor& input, const at::Tensor& residual) const {
  const CompiledConvolution& kernel = compiled_for(input);
  at::Tensor output = at::empty(kernel.shapes.output, input.options(), kLayout);
  std::unordered_map<int, dnnl::memory> arguments{
      {DNNL_ARG_SRC, {kernel.shapes.source, engine, input.data_ptr<float>()}},
      {DNNL_ARG_WEIGHTS, kernel.weight},
      {DNNL_ARG_BIAS,
       source_memory(
           engine,
           {bias.shape(), kDnnlFloat, DnnlTag::x},
           bias.elements<float>())},
      {DNNL_ARG_DST,
       {kernel.shapes.destination, engine, output.data_ptr<float>()}}};
  if (residual.defined()) {
    arguments.emplace(
        DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
        dnnl::memory(
            kernel.shapes.destination, engine, residual.data_ptr<float>()));
  }
  dnnl::stream stream(engine);
  kernel.primitive.execute(stream, arguments);
  stream.wait();
  return output;
}

FusedConvolution::FusedConvolution(
    const Graph& graph,
    const Node& node,
    std::optional<ClampRange> range,
    bool has_residual) {
  const Constant& weight = *graph.constant_input(node, 1);
  const std::int64_t channels = weight.shape()[0];
  const Constant* bias = graph.constant_input(node, 2);
  OMPQ_CHECK(
      bias == nullptr || bias->size() == channels,
      ErrorCode::InvalidModel,
      "[engine] node '{}': expected a bias of {} elements, got {}",
      node.name,
      channels,
      bias == nullptr ? 0 : bias->size());
  // A bias of zeros keeps one form of the primitive.
  const std::vector<float> zeros(static_cast<std::size_t>(channels));
  state_ = std::unique_ptr<State>(new State{
      .geometry = read_convolution_geometry(node, weight.shape()),
      .weight = weight,
      .bias = bias != nullptr ? *bias : Constant::from(zeros, {channels}),
      .range = range,
      .has_residual = has_residual});
}

FusedConvolution::~FusedConvolution() = default;
FusedConvolution::FusedConvolution(FusedConvolution&&) noexcept = default;
FusedConvolution& FusedConvolution::operator=(FusedConvolution&&) noexcept =
    default;

Tensors FusedConvolution::operator()(const Tensors& inputs) const {
  const at::Tensor& input = inputs.front();
  const std::int64_t channels =
      state_->weight.shape()[1] * state_->geometry.groups;
  OMPQ_CHECK(
      input.dim() == 4 && input.size(1) == channels,
      ErrorCode::ShapeMismatch,
      "[engine] node '{}': expected an input [N, {}, H, W], got {}",
      state_->geometry.node_name,
      channels,
      to_string(input.sizes().vec()));
  try {
    return {state_->execute(
        input.contiguous(kLayout),
        state_->has_residual ? inputs[1].contiguous(kLayout) : at::Tensor())};
  } catch (const dnnl::error& error) {
    fail(
        ErrorCode::Unsupported,
        "[engine] node '{}' (Conv): {}",
        state_->geometry.node_name,
        error.what());
  }
}

}  // namespace ompq
