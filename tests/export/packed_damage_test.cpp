// SPDX-License-Identifier: MIT
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/export/packed_graph.h"
#include "ompq/export/read_quantized.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"
#include "tests/quantization/quantize_plainly.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Graph network() {
  return infer_shapes(small_network());
}

Graph read_back(const std::string& bytes) {
  return canonicalize(parse_onnx(bytes, {}, "packed"));
}

/// The packed bytes with one initializer changed.
std::string with_changed(
    const QuantizedModel& model,
    const std::string& name,
    const Constant& changed) {
  const Graph graph = to_packed_graph(network(), model);
  GraphBuilder builder(graph.name(), graph.opset());
  for (const Function& function : graph.functions()) {
    builder.add_function(function);
  }
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    builder.add_input(value.name, value.type, value.shape);
  }
  for (const Value& value : graph.values()) {
    if (value.constant) {
      builder.add_constant(
          value.name, value.name == name ? changed : *value.constant);
    }
  }
  GraphBuilder copy(graph);
  for (const GraphBuilder::NodeSpec& node : copy.nodes()) {
    builder.add_node(node);
  }
  builder.add_output("scores");
  return serialize_onnx(std::move(builder).build(), {});
}

Constant integers(const std::vector<std::int64_t>& numbers) {
  return Constant::from(numbers, {static_cast<std::int64_t>(numbers.size())});
}

TEST(PackedDamage, RefusesSizesThatDoNotFit) {
  const QuantizedModel in_float =
      quantize_plainly(network(), {.activation_scale = 0.0F});
  const auto bytes_of = [](std::int64_t count) {
    return Constant::from(
        std::vector<std::uint8_t>(static_cast<std::size_t>(count), 1), {count});
  };
  const Constant wrong_shape =
      Constant::from<std::int64_t>({8, 1, 3, 1LL << 40}, {4});
  for (const auto& [name, changed, text] :
       std::vector<std::tuple<std::string, Constant, std::string>>{
           {"w0p0", bytes_of(107), "cuts 214 rows into"},
           {"w0p0", bytes_of(0), "cuts 0 rows into"},
           {"w0p0", bytes_of(4000), "cuts 8000 rows into"},
           {"w1d", wrong_shape, "for weights of shape [8, 1, 3, 10995"},
           {"w1d", Constant::from<std::int64_t>({-8, -1, 3, 3}, {4}), "[-8,"},
           {"w1d", Constant::from<std::int64_t>({}, {0}), "of shape []"},
           {"w0s",
            Constant::from(std::vector<float>(5, 1.0F), {5, 1, 1, 1}),
            "scale [5, 1, 1, 1] does not fit"},
           {"w0z", bytes_of(3), "zero point [3] does not fit"},
           {"w0k", integers({-1, 500}), "cuts"},
           {"w0p0",
            Constant::from(std::vector<float>(300, 1.0F), {300}),
            "is float32 [300], not bytes"}}) {
    expect_error(ErrorCode::InvalidModel, text, [&] {
      static_cast<void>(read_back(with_changed(in_float, name, changed)));
    });
  }
}

/// Between quantized values codes are unpacked, not weights.
TEST(PackedDamage, RefusesCodesAndScalesThatDoNotFit) {
  const QuantizedModel model = quantize_plainly(network());
  const Constant planes =
      Constant::from(std::vector<std::uint8_t>(107, 1), {107});
  const Constant scales = Constant::from(std::vector<float>(5, 1.0F), {5});
  const Constant zeros = Constant::from(std::vector<std::uint8_t>(5, 1), {5});

  expect_error(ErrorCode::InvalidModel, "cuts 214 rows into", [&] {
    static_cast<void>(read_back(with_changed(model, "w0p0", planes)));
  });
  expect_error(ErrorCode::InvalidModel, "shift [5] does not fit", [&] {
    static_cast<void>(read_back(with_changed(model, "w0z", zeros)));
  });
  const Graph graph = read_back(with_changed(model, "w0s", scales));
  EXPECT_THROW(static_cast<void>(infer_shapes(graph)), Error);
  EXPECT_THROW(static_cast<void>(take_quantizers_out(graph)), Error);
}

}  // namespace
}  // namespace ompq
