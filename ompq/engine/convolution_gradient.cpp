// SPDX-License-Identifier: MIT
#include "ompq/engine/convolution_gradient.h"

#include <map>
#include <mutex>
#include <string_view>

#include <ATen/ATen.h>
#include <dnnl.hpp>

#include "ompq/core/error.h"
#include "ompq/engine/convolution_shapes.h"

namespace ompq {
namespace {

using Primitive = dnnl::convolution_backward_data;
using Layout = dnnl::memory::desc;

/// A primitive for one input size, with the weight in its layout.
struct CompiledGradient {
  Primitive primitive;
  ConvolutionShapes shapes;
  /// Of the gradients that it reads and writes; channels_last in general.
  Layout destination;
  Layout source;
  dnnl::memory weight;
};

Primitive::primitive_desc describe(
    const ConvolutionShapes& shapes,
    const Layout& source,
    const Layout& destination,
    const dnnl::engine& engine) {
  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training,
       dnnl::algorithm::convolution_direct,
       source,
       shapes.weight,
       destination,
       shapes.strides,
       shapes.gaps,
       shapes.padding.before,
       shapes.padding.after},
      engine);
  return {
      {dnnl::algorithm::convolution_direct,
       source,
       shapes.weight,
       destination,
       shapes.strides,
       shapes.gaps,
       shapes.padding.before,
       shapes.padding.after},
      engine,
      forward};
}

/// For channels_last if there is a fast kernel; otherwise for the layout that
/// has one.
Primitive::primitive_desc describe(
    const ConvolutionShapes& shapes, const dnnl::engine& engine) {
  const auto found =
      describe(shapes, shapes.source, shapes.destination, engine);
  if (!std::string_view(found.impl_info_str()).starts_with("ref")) {
    return found;
  }
  const auto in_any_layout = [](const Layout& layout) {
    return Layout(
        layout.dims(), layout.data_type(), dnnl::memory::format_tag::any);
  };
  return describe(
      shapes,
      in_any_layout(shapes.source),
      in_any_layout(shapes.destination),
      engine);
}

/// The same numbers in another layout; the memory itself if it has it already.
dnnl::memory in_layout(
    dnnl::memory memory, const Layout& layout, dnnl::stream& stream) {
  if (memory.get_desc() == layout) {
    return memory;
  }
  dnnl::memory result(layout, memory.get_engine());
  dnnl::reorder(memory, result).execute(stream, memory, result);
  return result;
}

}  // namespace

struct ConvolutionGradient::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  ConvolutionGeometry geometry;
  Constant weight;
  mutable std::mutex mutex;
  mutable std::map<Shape, CompiledGradient> compiled;

  [[nodiscard]] CompiledGradient compile(const Shape& input) const;
  [[nodiscard]] const CompiledGradient& compiled_for(const Shape& input) const;
};

CompiledGradient ConvolutionGradient::State::compile(const Shape& input) const {
  const ConvolutionShapes shapes =
      convolution_shapes(geometry, weight.shape(), input);
  const Primitive::primitive_desc backward = describe(shapes, engine);
  return {
      Primitive(backward),
      shapes,
      backward.diff_dst_desc(),
      backward.diff_src_desc(),
      packed_weight(engine, weight, backward.weights_desc())};
}

const CompiledGradient& ConvolutionGradient::State::compiled_for(
    const Shape& input) const {
  const std::lock_guard lock(mutex);
  auto found = compiled.find(input);
  if (found == compiled.end()) {
    found = compiled.emplace(input, compile(input)).first;
  }
  return found->second;
}

ConvolutionGradient::ConvolutionGradient(const Graph& graph, const Node& node) {
  const Constant& weight = *graph.constant_input(node, 1);
  state_ = std::unique_ptr<State>(new State{
      .geometry = read_convolution_geometry(node, weight.shape()),
      .weight = weight});
}

ConvolutionGradient::~ConvolutionGradient() = default;
ConvolutionGradient::ConvolutionGradient(ConvolutionGradient&&) noexcept =
    default;
ConvolutionGradient& ConvolutionGradient::operator=(
    ConvolutionGradient&&) noexcept = default;

at::Tensor ConvolutionGradient::operator()(
    const at::Tensor& gradient, const Shape& input) const {
  try {
    const CompiledGradient& kernel = state_->compiled_for(input);
    at::Tensor result =
        at::empty(input, gradient.options(), at::MemoryFormat::ChannelsLast);
    dnnl::stream stream(state_->engine);
    const dnnl::memory given(
        kernel.shapes.destination, state_->engine, gradient.data_ptr<float>());
    dnnl::memory wanted(
        kernel.shapes.source, state_->engine, result.data_ptr<float>());
    const bool is_direct = kernel.source == kernel.shapes.source;
    dnnl::memory computed =
        is_direct ? wanted : dnnl::memory(kernel.source, state_->engine);
    kernel.primitive.execute(
        stream,
        {{DNNL_ARG_DIFF_DST, in_layout(given, kernel.destination, stream)},
         {DNNL_ARG_WEIGHTS, kernel.weight},
         {DNNL_ARG_DIFF_SRC, computed}});
    if (!is_direct) {
      dnnl::reorder(computed, wanted).execute(stream, computed, wanted);
    }
    stream.wait();
    return result;
  } catch (const dnnl::error& error) {
    fail(
        ErrorCode::Unsupported,
        "[engine] node '{}' (Conv), gradient: {}",
        state_->geometry.node_name,
        error.what());
  }
}

}  // namespace ompq
