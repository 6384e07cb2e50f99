// SPDX-License-Identifier: MIT
// What readers of QONNX files take for granted, checked on the file itself.
// Written from the specification of Quant and the source of its readers; knows
// nothing of the writer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

namespace ompq {

/// Collects what is wrong with one file.
class QonnxRules {
 public:
  explicit QonnxRules(const onnx::ModelProto& model) : model_(model) {
    for (const auto& tensor : model.graph().initializer()) {
      initializers_[tensor.name()] = &tensor;
    }
    for (const auto* infos :
         {&model.graph().input(),
          &model.graph().output(),
          &model.graph().value_info()}) {
      for (const auto& info : *infos) {
        ranks_[info.name()] = info.type().tensor_type().shape().dim_size();
      }
    }
    check_domains();
    for (const auto& node : model.graph().node()) {
      check_node(node);
    }
  }

  [[nodiscard]] const std::vector<std::string>& complaints() const {
    return complaints_;
  }
  [[nodiscard]] int quantizers() const { return quantizers_; }

 private:
  static constexpr const char* kDomain = "qonnx.custom_op.general";

  void expect(bool holds, const onnx::NodeProto& node, const char* rule) {
    if (!holds) {
      complaints_.push_back(fmt::format(
          "{} '{}' -> '{}': {}",
          node.op_type(),
          node.name(),
          node.output_size() > 0 ? node.output(0) : "",
          rule));
    }
  }

  void check_domains() {
    std::map<std::string, int> versions;
    for (const auto& set : model_.opset_import()) {
      if (!versions.emplace(set.domain(), set.version()).second) {
        complaints_.push_back("a domain is imported twice: " + set.domain());
      }
    }
    std::set<std::string> used;
    for (const auto& node : model_.graph().node()) {
      used.insert(node.domain());
    }
    for (const std::string& domain : used) {
      if (!versions.contains(domain)) {
        complaints_.push_back("domain is not imported: " + domain);
      }
    }
    if (versions.contains(kDomain) && versions.at(kDomain) != 2) {
      complaints_.push_back("Brevitas registers version 2 of the domain");
    }
  }

  void check_node(const onnx::NodeProto& node) {
    const std::string& type = node.op_type();
    expect(
        type != "QuantizeLinear" && type != "DequantizeLinear",
        node,
        "integers are written by Quant nodes only");
    expect(
        node.domain().empty() || node.domain() == kDomain,
        node,
        "an operator of a domain that readers do not know");
    if (node.domain() == kDomain) {
      expect(type == "Quant", node, "Quant is the name that all readers know");
      check_quantizer(node);
    }
  }

  void check_quantizer(const onnx::NodeProto& node) {
    ++quantizers_;
    expect(node.input_size() == 4, node, "X, scale, zeropt and bitwidth");
    expect(node.output_size() == 1, node, "one output");
    const auto attributes = check_attributes(node);
    if (node.input_size() != 4 || !attributes.has_value()) {
      return;
    }
    std::vector<const onnx::TensorProto*> parameters;
    for (int i = 1; i < 4; ++i) {
      const auto found = initializers_.find(node.input(i));
      expect(found != initializers_.end(), node, "parameters are initializers");
      if (found == initializers_.end()) {
        return;
      }
      expect(
          found->second->data_type() == onnx::TensorProto::FLOAT,
          node,
          "parameters are float32");
      parameters.push_back(found->second);
    }
    check_shapes(node, parameters);
    check_values(node, parameters, *attributes);
  }

  struct Attributes {
    bool is_signed = true;
    bool narrow = false;
  };

  std::optional<Attributes> check_attributes(const onnx::NodeProto& node) {
    std::map<std::string, const onnx::AttributeProto*> found;
    for (const auto& attribute : node.attribute()) {
      found[attribute.name()] = &attribute;
    }
    const auto is_flag = [&](const char* name) {
      return found.contains(name) &&
             found.at(name)->type() == onnx::AttributeProto::INT &&
             (found.at(name)->i() == 0 || found.at(name)->i() == 1);
    };
    const bool has_flags = is_flag("signed") && is_flag("narrow");
    expect(has_flags, node, "signed and narrow are required, 0 or 1");
    expect(
        found.contains("rounding_mode") &&
            found.at("rounding_mode")->type() == onnx::AttributeProto::STRING &&
            found.at("rounding_mode")->s() == "ROUND",
        node,
        "rounding_mode is required; QCDQ and FINN take ROUND only");
    expect(found.size() == 3, node, "other attributes are not known");
    if (!has_flags) {
      return std::nullopt;
    }
    return Attributes{
        .is_signed = found.at("signed")->i() == 1,
        .narrow = found.at("narrow")->i() == 1};
  }

  void check_shapes(
      const onnx::NodeProto& node,
      const std::vector<const onnx::TensorProto*>& parameters) {
    const std::string& x = node.input(0);
    const auto constant = initializers_.find(x);
    const bool is_constant = constant != initializers_.end();
    expect(is_constant || ranks_.contains(x), node, "the shape of X is known");
    const int rank = is_constant          ? constant->second->dims_size()
                     : ranks_.contains(x) ? ranks_.at(x)
                                          : -1;
    for (int i = 0; i < 2; ++i) {
      const auto& dims = parameters[static_cast<std::size_t>(i)]->dims();
      expect(
          dims.empty() || dims.size() == rank,
          node,
          "scale and zeropt are scalars or have the rank of X");
      for (int axis = 0; is_constant && axis < dims.size(); ++axis) {
        const bool fits =
            dims.size() == rank &&
            (dims[axis] == 1 || dims[axis] == constant->second->dims(axis));
        expect(fits, node, "scale and zeropt broadcast to X");
      }
    }
    expect(parameters[2]->dims().empty(), node, "bitwidth is a scalar");
    expect(
        ranks_.contains(node.output(0)) && ranks_.at(node.output(0)) == rank,
        node,
        "the output has the rank of X");
  }

  static std::vector<float> numbers(const onnx::TensorProto& tensor) {
    if (!tensor.has_raw_data()) {
      return {tensor.float_data().begin(), tensor.float_data().end()};
    }
    std::vector<float> result(tensor.raw_data().size() / sizeof(float));
    std::memcpy(
        result.data(), tensor.raw_data().data(), tensor.raw_data().size());
    return result;
  }

  void check_values(
      const onnx::NodeProto& node,
      const std::vector<const onnx::TensorProto*>& parameters,
      const Attributes& attributes) {
    const std::vector<float> scale = numbers(*parameters[0]);
    const std::vector<float> zero = numbers(*parameters[1]);
    const std::vector<float> bits = numbers(*parameters[2]);
    const bool has_width = bits.size() == 1 && bits[0] >= 1 && bits[0] <= 32 &&
                           std::floor(bits[0]) == bits[0];
    expect(has_width, node, "bitwidth is a positive integer");
    expect(
        std::ranges::all_of(
            scale, [](float s) { return std::isfinite(s) && s > 0; }),
        node,
        "scales are positive and finite");
    if (!has_width) {
      return;
    }
    expect(
        !(attributes.is_signed && bits[0] == 1),
        node,
        "signed with one bit means -1 and 1, not a grid");
    const float half = std::ldexp(1.0F, static_cast<int>(bits[0]) - 1);
    const float narrow = attributes.narrow ? 1.0F : 0.0F;
    const float low = attributes.is_signed ? narrow - half : 0.0F;
    const float high = attributes.is_signed ? half - 1 : 2 * half - 1 - narrow;
    expect(
        std::ranges::all_of(
            zero,
            [&](float z) {
              return std::floor(z) == z && z >= low && z <= high;
            }),
        node,
        "zero points are codes");
    const auto constant = initializers_.find(node.input(0));
    if (constant != initializers_.end()) {
      check_on_grid(node, *constant->second, parameters, low, high);
    }
  }

  /// The element that broadcasts onto element `index` of a tensor.
  static float element(
      const onnx::TensorProto& parameter,
      const std::vector<float>& elements,
      const onnx::TensorProto& onto,
      std::size_t index) {
    if (parameter.dims().empty()) {
      return elements.front();
    }
    std::size_t position = 0;
    std::size_t stride = 1;
    for (int axis = onto.dims_size(); axis-- > 0;) {
      const auto size = static_cast<std::size_t>(onto.dims(axis));
      const auto own = static_cast<std::size_t>(parameter.dims(axis));
      position += (own == 1 ? 0 : index % size) * stride;
      stride *= own;
      index /= size;
    }
    return position < elements.size() ? elements[position] : 0.0F;
  }

  /// QONNX's definition, in float32, changes no number of a weight.
  void check_on_grid(
      const onnx::NodeProto& node,
      const onnx::TensorProto& x,
      const std::vector<const onnx::TensorProto*>& parameters,
      float low,
      float high) {
    const std::vector<float> scales = numbers(*parameters[0]);
    const std::vector<float> zeros = numbers(*parameters[1]);
    const std::vector<float> reals = numbers(x);
    const bool fits = std::ranges::all_of(
        std::vector{parameters[0], parameters[1]}, [&](const auto* parameter) {
          return parameter->dims().empty() ||
                 parameter->dims_size() == x.dims_size();
        });
    bool is_on_grid = fits;
    for (std::size_t i = 0; i < reals.size() && is_on_grid; ++i) {
      const float scale = element(*parameters[0], scales, x, i);
      const float zero = element(*parameters[1], zeros, x, i);
      const float code =
          std::nearbyint(std::clamp(reals[i] / scale + zero, low, high));
      is_on_grid = (code - zero) * scale == reals[i];
    }
    expect(is_on_grid, node, "weights are on the grid already");
  }

  const onnx::ModelProto& model_;
  std::map<std::string, const onnx::TensorProto*> initializers_;
  std::map<std::string, int> ranks_;
  std::vector<std::string> complaints_;
  int quantizers_ = 0;
};

}  // namespace ompq
