// SPDX-License-Identifier: MIT
#include "ompq/graph/canonical_rules.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

constexpr OperatorRule kRules[] = {
    // Layers
    {"Conv", 2, 3},
    {"ConvTranspose", 2, 3},
    {"Einsum", 1, kAnyNumber, nullptr, "equation"},
    {"Gemm", 2, 3},
    {"GRU", 3, 6, nullptr, "hidden_size"},
    {"LSTM", 3, 8, nullptr, "hidden_size"},
    {"MatMul", 2, 2},
    {"RNN", 3, 6, nullptr, "hidden_size"},
    // Normalisation
    {"BatchNormalization", 5, 5, rewrite_batch_normalization},
    {"GroupNormalization", 3, 3, rewrite_group_normalization, "num_groups"},
    {"InstanceNormalization", 3, 3},
    {"LayerNormalization", 2, 3, rewrite_optional_outputs},
    {"LRN", 1, 1, nullptr, "size"},
    {"MeanVarianceNormalization"},
    {"RMSNormalization", 2, 2, nullptr, "", 23},
    // Activations
    {"Celu"},
    {"Clip", 1, 3, rewrite_clip},
    {"Elu"},
    {"Erf"},
    {"Gelu"},
    {"Hardmax", 1, 1, rewrite_softmax},
    {"HardSigmoid"},
    {"HardSwish"},
    {"LeakyRelu"},
    {"LogSoftmax", 1, 1, rewrite_softmax},
    {"Mish"},
    {"PRelu", 2, 2},
    {"Relu"},
    {"Selu"},
    {"Shrink"},
    {"Sigmoid"},
    {"Softmax", 1, 1, rewrite_softmax},
    {"Softplus"},
    {"Softsign"},
    {"Swish", 1, 1, nullptr, "", 24},
    {"Tanh"},
    {"ThresholdedRelu"},
    // Arithmetic
    {"Abs"},
    {"Acos"},
    {"Acosh"},
    {"Add", 2, 2},
    {"Asin"},
    {"Asinh"},
    {"Atan"},
    {"Atanh"},
    {"Ceil"},
    {"Cos"},
    {"Cosh"},
    {"CumSum", 2, 2},
    {"Div", 2, 2},
    {"Exp"},
    {"Floor"},
    {"Log"},
    {"Max", 1, kAnyNumber},
    {"Mean", 1, kAnyNumber},
    {"Min", 1, kAnyNumber},
    {"Mod", 2, 2},
    {"Mul", 2, 2},
    {"Neg"},
    {"Pow", 2, 2},
    {"Reciprocal"},
    {"Round"},
    {"Sign"},
    {"Sin"},
    {"Sinh"},
    {"Sqrt"},
    {"Sub", 2, 2},
    {"Sum", 1, kAnyNumber},
    {"Tan"},
    // Logic
    {"And", 2, 2},
    {"BitShift", 2, 2, nullptr, "direction"},
    {"BitwiseAnd", 2, 2},
    {"BitwiseNot"},
    {"BitwiseOr", 2, 2},
    {"BitwiseXor", 2, 2},
    {"Equal", 2, 2},
    {"Greater", 2, 2},
    {"GreaterOrEqual", 2, 2},
    {"IsInf"},
    {"IsNaN"},
    {"Less", 2, 2},
    {"LessOrEqual", 2, 2},
    {"Not"},
    {"Or", 2, 2},
    {"Where", 3, 3},
    {"Xor", 2, 2},
    // Pooling
    {"AveragePool", 1, 1, nullptr, "kernel_shape"},
    {"GlobalAveragePool"},
    {"GlobalMaxPool"},
    {"LpPool", 1, 1, nullptr, "kernel_shape"},
    {"MaxPool", 1, 1, rewrite_optional_outputs, "kernel_shape"},
    // Reductions
    {"ArgMax"},
    {"ArgMin"},
    {"ReduceL1", 1, 2, rewrite_axes},
    {"ReduceL2", 1, 2, rewrite_axes},
    {"ReduceLogSum", 1, 2, rewrite_axes},
    {"ReduceLogSumExp", 1, 2, rewrite_axes},
    {"ReduceMax", 1, 2, rewrite_axes},
    {"ReduceMean", 1, 2, rewrite_axes},
    {"ReduceMin", 1, 2, rewrite_axes},
    {"ReduceProd", 1, 2, rewrite_axes},
    {"ReduceSum", 1, 2, rewrite_axes},
    {"ReduceSumSquare", 1, 2, rewrite_axes},
    {"TopK", 2, 2, rewrite_top_k},
    // Shapes and layout
    {"Compress", 2, 2},
    {"Concat", 1, kAnyNumber, nullptr, "axis"},
    {"ConstantOfShape"},
    {"DepthToSpace", 1, 1, nullptr, "blocksize"},
    {"Expand", 2, 2},
    {"EyeLike"},
    {"Flatten"},
    {"Gather", 2, 2},
    {"GatherElements", 2, 2},
    {"GatherND", 2, 2},
    {"NonZero"},
    {"OneHot", 3, 3},
    {"Pad", 2, 4, rewrite_pad},
    {"Range", 3, 3},
    {"Reshape", 2, 2},
    {"Resize", 1, 4, rewrite_resize},
    {"ReverseSequence", 2, 2},
    {"Scatter", 3, 3, rewrite_scatter},
    {"ScatterElements", 3, 3},
    {"ScatterND", 3, 3},
    {"Shape"},
    {"Size"},
    {"Slice", 3, 5, rewrite_slice},
    {"SpaceToDepth", 1, 1, nullptr, "blocksize"},
    {"Split", 1, 2, rewrite_split},
    {"Squeeze", 1, 2, rewrite_axes},
    {"Tile", 2, 2},
    {"Transpose"},
    {"Trilu", 1, 2},
    {"Unsqueeze", 2, 2, rewrite_axes},
    {"Upsample", 2, 2, rewrite_upsample},
    // Types and copies
    {"Cast", 1, 1, nullptr, "to"},
    {"CastLike", 2, 2},
    {"Constant", 0, 0, rewrite_constant},
    {"DequantizeLinear", 2, 3},
    {"Dropout", 1, 3, rewrite_dropout},
    {"DynamicQuantizeLinear"},
    {"Identity", 1, 1, rewrite_identity},
    {"QuantizeLinear", 2, 3},
};

/// Quantizers of QONNX; their canonical form is standard.
constexpr OperatorRule kQonnxRules[] = {
    {"BipolarQuant", 2, 2, rewrite_quant},
    {"IntQuant", 4, 4, rewrite_quant},
    {"Quant", 4, 4, rewrite_quant},
};

/// Today's domain of QONNX's operators and those of older files.
constexpr std::string_view kQonnxDomains[] = {
    "qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"};

}  // namespace

const OperatorRule* find_operator_rule(
    std::string_view domain, std::string_view op_type) {
  static const auto rules = [] {
    std::unordered_map<std::string_view, const OperatorRule*> by_name;
    for (const OperatorRule& rule : kRules) {
      by_name.emplace(rule.op_type, &rule);
    }
    return by_name;
  }();
  if (std::ranges::find(kQonnxDomains, domain) != std::end(kQonnxDomains)) {
    const auto* const rule =
        std::ranges::find(kQonnxRules, op_type, &OperatorRule::op_type);
    return rule == std::end(kQonnxRules) ? nullptr : rule;
  }
  if (!domain.empty()) {
    return nullptr;
  }
  const auto found = rules.find(op_type);
  return found == rules.end() ? nullptr : found->second;
}

GraphBuilder::NodeSpec Canonicalization::spec(const Node& node) const {
  const auto& nodes = builder_.nodes();
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const auto& other) {
        return other.name == node.name;
      });
  OMPQ_ASSERT(found != nodes.end(), "a node is rewritten once");
  return *found;
}

std::string Canonicalization::add_constant(
    const Node& node, const std::string& role, Constant constant) {
  return builder_.add_fresh_constant(
      node.name + "/" + role, std::move(constant));
}

std::string Canonicalization::add_scalar_like_input(
    const Node& node, const std::string& role, float number) {
  const auto input = node.input(0);
  const DataType type = input ? graph_.value(*input).type : DataType::Undefined;
  const Constant scalar = Constant::scalar(number);
  return add_constant(
      node, role, type == DataType::Undefined ? scalar : scalar.cast(type));
}

bool Canonicalization::is_used(const Node& node, std::size_t index) const {
  const auto output = node.output(index);
  return output && (!graph_.value(*output).consumers.empty() ||
                    graph_.is_output(*output));
}

std::optional<std::int64_t> Canonicalization::rank(
    const Node& node, std::size_t index) const {
  const auto input = node.input(index);
  if (!input) {
    return std::nullopt;
  }
  const Value& value = graph_.value(*input);
  if (value.shape) {
    return static_cast<std::int64_t>(value.shape->size());
  }
  if (value.producer) {
    const std::string& op_type = graph_.node(*value.producer).op_type;
    if (op_type == "Gemm" || op_type == "Flatten") {
      return 2;
    }
  }
  return std::nullopt;
}

}  // namespace ompq::detail
