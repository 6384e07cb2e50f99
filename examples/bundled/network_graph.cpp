// SPDX-License-Identifier: MIT
#include "examples/bundled/network_graph.h"

#include <cstddef>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ompq/data/shape_outline.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::example {
namespace {

/// Operator set of the file: old enough for any runtime of the last years.
constexpr std::int64_t kOpset = 13;
constexpr float kNormEpsilon = 1e-5F;

/// Adds the network's layers to a graph, in order. Every function returns the
/// name of the value it adds.
class GraphWriter {
 public:
  explicit GraphWriter(const NetworkState& state)
      : state_(state), builder_("shapes10", kOpset) {
    const std::int64_t side = SyntheticDataset::kSide;
    builder_.add_input(
        "image",
        DataType::Float32,
        std::vector<Dimension>{{-1, "N"}, {3, ""}, {side, ""}, {side, ""}});
    builder_.set_metadata(
        "ompq.classes", fmt::format("{}", fmt::join(kShapeClassNames, ",")));
    builder_.set_metadata("ompq.preprocess", "symmetric");
    builder_.set_metadata("ompq.data", "shapes");
  }

  std::string conv_unit(
      const std::string& unit, const std::string& input, std::int64_t stride) {
    const std::string weight = constant(unit + ".conv.weight");
    const std::int64_t kernel = state_.at(unit + ".conv.weight").size(2);
    const std::int64_t pad = kernel / 2;
    const std::string convolved =
        add(unit + ".conv",
            "Conv",
            {input, weight},
            {{"kernel_shape", std::vector<std::int64_t>{kernel, kernel}},
             {"strides", std::vector<std::int64_t>{stride, stride}},
             {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}},
             {"group", std::int64_t{1}},
             {"dilations", std::vector<std::int64_t>{1, 1}}});
    return add(
        unit + ".norm",
        "BatchNormalization",
        {convolved,
         constant(unit + ".norm.weight"),
         constant(unit + ".norm.bias"),
         constant(unit + ".norm.running_mean"),
         constant(unit + ".norm.running_var")},
        {{"epsilon", kNormEpsilon}});
  }

  std::string relu(const std::string& name, const std::string& input) {
    return add(name, "Relu", {input}, {});
  }

  /// @param stride  of the first convolution and the shortcut
  std::string residual_block(
      const std::string& block, const std::string& input, std::int64_t stride) {
    const std::string inner =
        relu(block + ".relu1", conv_unit(block + ".conv1", input, stride));
    const std::string branch = conv_unit(block + ".conv2", inner, 1);
    const bool has_shortcut = state_.contains(block + ".shortcut.conv.weight");
    const std::string passed =
        has_shortcut ? conv_unit(block + ".shortcut", input, stride) : input;
    const std::string sum = add(block + ".add", "Add", {branch, passed}, {});
    return relu(block + ".relu2", sum);
  }

  void classifier(const std::string& input) {
    const std::string mean = add("pool", "GlobalAveragePool", {input}, {});
    const std::string flat =
        add("flatten", "Flatten", {mean}, {{"axis", std::int64_t{1}}});
    builder_.add_node(
        {.name = "classifier",
         .domain = "",
         .op_type = "Gemm",
         .inputs =
             {flat, constant("classifier.weight"), constant("classifier.bias")},
         .outputs = {"logits"},
         .attributes = {{"transB", std::int64_t{1}}}});
    builder_.add_output("logits");
  }

  [[nodiscard]] Graph finish() { return std::move(builder_).build(); }

 private:
  std::string constant(const std::string& name) {
    const at::Tensor tensor = state_.at(name).to(at::kFloat).contiguous();
    const float* data = tensor.data_ptr<float>();
    builder_.add_constant(
        name,
        Constant::from<float>(
            std::vector<float>(data, data + tensor.numel()),
            tensor.sizes().vec()));
    return name;
  }

  std::string add(
      const std::string& name,
      const std::string& op_type,
      const std::vector<std::string>& inputs,
      const std::map<std::string, Attribute>& attributes) {
    const std::string output = name + "_output";
    builder_.add_node(
        {.name = name,
         .domain = "",
         .op_type = op_type,
         .inputs = inputs,
         .outputs = {output},
         .attributes = attributes});
    return output;
  }

  const NetworkState& state_;
  GraphBuilder builder_;
};

}  // namespace

Graph network_graph(const NetworkState& state) {
  GraphWriter writer(state);
  std::string value =
      writer.relu("stem.relu", writer.conv_unit("stem", "image", 1));
  for (int stage = 1;; ++stage) {
    for (int block = 1;; ++block) {
      const std::string name = fmt::format("stage{}_block{}", stage, block);
      if (!state.contains(name + ".conv1.conv.weight")) {
        if (block == 1) {
          writer.classifier(value);
          return writer.finish();
        }
        break;
      }
      const std::int64_t stride = stage > 1 && block == 1 ? 2 : 1;
      value = writer.residual_block(name, value, stride);
    }
  }
}

}  // namespace ompq::example
