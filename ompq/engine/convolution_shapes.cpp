// SPDX-License-Identifier: MIT
#include "ompq/engine/convolution_shapes.h"

#include "ompq/engine/dnnl_operations.h"

namespace ompq {

ConvolutionShapes convolution_shapes(
    const ConvolutionGeometry& geometry,
    const Shape& weight,
    const Shape& input) {
  const std::int64_t groups = geometry.groups;
  const Shape size{input[2], input[3]};
  const Padding padding = padding_for(geometry, size);
  const Shape spatial = output_size(geometry, size, padding);
  const Shape output{input[0], weight[0], spatial[0], spatial[1]};
  const Shape grouped =
      groups > 1
          ? Shape{groups, weight[0] / groups, weight[1], weight[2], weight[3]}
          : weight;
  return {
      .input = input,
      .output = output,
      .source = {input, kDnnlFloat, DnnlTag::nhwc},
      .destination = {output, kDnnlFloat, DnnlTag::nhwc},
      .weight = {grouped, kDnnlFloat, DnnlTag::any},
      .strides = geometry.strides,
      .gaps = {geometry.dilations[0] - 1, geometry.dilations[1] - 1},
      .padding = padding};
}

dnnl::memory packed_weight(
    const dnnl::engine& engine,
    const Constant& weight,
    const dnnl::memory::desc& layout) {
  const dnnl::memory::dims shape = layout.dims();
  const DnnlTag tag = shape.size() == 5 ? DnnlTag::goihw : DnnlTag::oihw;
  dnnl::memory plain =
      source_memory(engine, {shape, kDnnlFloat, tag}, weight.elements<float>());
  dnnl::memory packed(layout, engine);
  dnnl::stream stream(engine);
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return packed;
}

}  // namespace ompq
