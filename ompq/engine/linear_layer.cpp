// SPDX-License-Identifier: MIT
#include "ompq/engine/linear_layer.h"

#include <map>
#include <mutex>
#include <span>
#include <utility>

#include <ATen/ATen.h>
#include <dnnl.hpp>

#include "ompq/core/error.h"
#include "ompq/engine/dnnl_operations.h"

namespace ompq {
namespace {

/// A primitive for one number of rows, with the weight in its layout.
struct CompiledLinear {
  dnnl::inner_product_forward primitive;
  dnnl::memory weight;
};

}  // namespace

struct PackedLinear::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  std::string name;
  Constant weight;
  /// The weight is stored as [N, K] instead of [K, N].
  bool is_transposed = false;
  std::vector<float> bias;
  mutable std::mutex mutex;
  mutable std::map<std::int64_t, CompiledLinear> compiled;

  [[nodiscard]] std::int64_t inputs() const {
    return weight.shape()[is_transposed ? 1 : 0];
  }
  [[nodiscard]] std::int64_t outputs() const {
    return weight.shape()[is_transposed ? 0 : 1];
  }
  [[nodiscard]] CompiledLinear compile(std::int64_t rows) const;
  [[nodiscard]] const CompiledLinear& compiled_for(std::int64_t rows) const;
  [[nodiscard]] at::Tensor execute(const at::Tensor& input) const;
};

CompiledLinear PackedLinear::State::compile(std::int64_t rows) const {
  const dnnl::memory::dims shape{outputs(), inputs()};
  const dnnl::inner_product_forward::desc description(
      dnnl::prop_kind::forward_inference,
      {{rows, inputs()}, kDnnlFloat, DnnlTag::ab},
      {shape, kDnnlFloat, DnnlTag::any},
      {{outputs()}, kDnnlFloat, DnnlTag::a},
      {{rows, outputs()}, kDnnlFloat, DnnlTag::ab});
  const dnnl::inner_product_forward::primitive_desc primitive(
      description, engine);
  dnnl::memory plain = source_memory(
      engine,
      {shape, kDnnlFloat, is_transposed ? DnnlTag::ab : DnnlTag::ba},
      weight.elements<float>());
  dnnl::memory packed(primitive.weights_desc(), engine);
  dnnl::stream stream(engine);
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return {dnnl::inner_product_forward(primitive), std::move(packed)};
}

const CompiledLinear& PackedLinear::State::compiled_for(
    std::int64_t rows) const {
  const std::lock_guard lock(mutex);
  auto found = compiled.find(rows);
  if (found == compiled.end()) {
    found = compiled.emplace(rows, compile(rows)).first;
  }
  return found->second;
}

at::Tensor PackedLinear::State::execute(const at::Tensor& input) const {
  Shape shape = input.sizes().vec();
  const std::int64_t rows = input.numel() / inputs();
  shape.back() = outputs();
  at::Tensor output = at::empty(shape, input.options());
  if (rows == 0) {
    return output;
  }
  const CompiledLinear& kernel = compiled_for(rows);
  dnnl::stream stream(engine);
  kernel.primitive.execute(
      stream,
      {{DNNL_ARG_SRC,
        {{{rows, inputs()}, kDnnlFloat, DnnlTag::ab},
         engine,
         input.data_ptr<float>()}},
       {DNNL_ARG_WEIGHTS, kernel.weight},
       {DNNL_ARG_BIAS,
        source_memory(engine, {{outputs()}, kDnnlFloat, DnnlTag::a}, bias)},
       {DNNL_ARG_DST,
        {{{rows, outputs()}, kDnnlFloat, DnnlTag::ab},
         engine,
         output.data_ptr<float>()}}});
  stream.wait();
  return output;
}

bool PackedLinear::accepts(const Graph& graph, const Node& node) {
  const bool is_gemm = node.op_type == "Gemm";
  const Constant* weight = graph.constant_input(node, 1);
  const bool has_weight =
      node.domain.empty() && (is_gemm || node.op_type == "MatMul") &&
      weight != nullptr && weight->type() == DataType::Float32 &&
      weight->shape().size() == 2 && weight->size() > 0;
  if (!has_weight || !is_gemm) {
    return has_weight;
  }
  const Constant* bias = graph.constant_input(node, 2);
  const bool is_transposed = node.integer("transB", 0) != 0;
  return node.integer("transA", 0) == 0 && node.real("alpha", 1.0F) == 1.0F &&
         node.real("beta", 1.0F) == 1.0F &&
         (!node.input(2).has_value() ||
          (bias != nullptr && bias->type() == DataType::Float32 &&
           bias->size() == weight->shape()[is_transposed ? 0 : 1]));
}

PackedLinear::PackedLinear(const Graph& graph, const Node& node) {
  state_ = std::unique_ptr<State>(new State{
      .name = node.name,
      .weight = *graph.constant_input(node, 1),
      .is_transposed = node.integer("transB", 0) != 0});
  state_->bias.resize(static_cast<std::size_t>(state_->outputs()), 0.0F);
  const Constant* bias =
      node.op_type == "Gemm" ? graph.constant_input(node, 2) : nullptr;
  if (bias != nullptr) {
    const auto elements = bias->elements<float>();
    state_->bias.assign(elements.begin(), elements.end());
  }
}

PackedLinear::~PackedLinear() = default;
PackedLinear::PackedLinear(PackedLinear&&) noexcept = default;
PackedLinear& PackedLinear::operator=(PackedLinear&&) noexcept = default;

Tensors PackedLinear::operator()(const Tensors& inputs) const {
  const at::Tensor& input = inputs.front();
  OMPQ_CHECK(
      input.dim() >= 1 && input.size(-1) == state_->inputs(),
      ErrorCode::ShapeMismatch,
      "[engine] node '{}': expected an input [..., {}], got {}",
      state_->name,
      state_->inputs(),
      to_string(input.sizes().vec()));
  try {
    return {state_->execute(input.contiguous())};
  } catch (const dnnl::error& error) {
    fail(
        ErrorCode::Unsupported,
        "[engine] node '{}': {}",
        state_->name,
        error.what());
  }
}

}  // namespace ompq
