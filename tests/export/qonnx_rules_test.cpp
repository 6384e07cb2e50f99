// SPDX-License-Identifier: MIT
// Files of the profile qonnx keep the rules of their readers, and the rules
// find files that do not.
#include "tests/export/qonnx_rules.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/export/qonnx_graph.h"
#include "ompq/graph/onnx_file.h"

#include "tests/export/small_networks.h"

namespace ompq {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

onnx::ModelProto file_of(const QuantizedModel& model) {
  onnx::ModelProto file;
  EXPECT_TRUE(file.ParseFromString(
      serialize_onnx(to_qonnx_graph(every_layer(), model))));
  return file;
}

PlainOptions options_with(
    const IntegerGrid& weights, const IntegerGrid& activations) {
  return {
      .weights = weights,
      .activations = activations,
      .activation_scale = 3.0F / static_cast<float>(activations.steps()),
      .activation_zero_point = activations.lowest() + activations.steps() / 3};
}

TEST(QonnxRules, HoldForFilesOfEveryWidth) {
  for (const int bits : {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16}) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      const onnx::ModelProto file =
          file_of(quantized_every_layer(options_with(grid, grid)));
      const QonnxRules rules(file);
      EXPECT_THAT(rules.complaints(), IsEmpty()) << bits << is_signed;
      EXPECT_EQ(rules.quantizers(), 5 + 5);
    }
  }
}

TEST(QonnxRules, HoldForGroups) {
  for (const std::int64_t size : {1, 2, 3}) {
    const onnx::ModelProto file =
        file_of(quantized_every_layer({.group_size = size}));
    EXPECT_THAT(QonnxRules(file).complaints(), IsEmpty()) << size;
  }
}

TEST(QonnxRules, HoldForOneScaleForATensor) {
  QuantizedModel model = quantized_every_layer();
  for (QuantizedLayer& layer : model.layers) {
    std::ranges::fill(layer.weight.scales, 0.05F);
    std::ranges::fill(layer.weight.zero_points, 7);
  }
  EXPECT_THAT(QonnxRules(file_of(model)).complaints(), IsEmpty());
}

/// The first Quant of a weight, or of an activation.
onnx::NodeProto& quantizer(onnx::ModelProto& file, bool of_weight) {
  for (auto& node : *file.mutable_graph()->mutable_node()) {
    if (node.op_type() == "Quant" &&
        (node.input(0).find("_rounded") != std::string::npos) == of_weight) {
      return node;
    }
  }
  throw std::logic_error("no quantizer");
}

onnx::TensorProto& initializer(
    onnx::ModelProto& file, const std::string& name) {
  for (auto& tensor : *file.mutable_graph()->mutable_initializer()) {
    if (tensor.name() == name) {
      return tensor;
    }
  }
  throw std::logic_error("no initializer " + name);
}

void set_number(onnx::TensorProto& tensor, std::size_t index, float number) {
  std::memcpy(
      tensor.mutable_raw_data()->data() + index * sizeof(float),
      &number,
      sizeof(float));
}

using Change = std::function<void(onnx::ModelProto&)>;

void breaks(const std::string& rule, const Change& change) {
  onnx::ModelProto file = file_of(quantized_every_layer(
      options_with({.bits = 4, .is_signed = true}, {.bits = 6})));
  ASSERT_THAT(QonnxRules(file).complaints(), IsEmpty());
  change(file);
  EXPECT_THAT(QonnxRules(file).complaints(), Contains(HasSubstr(rule)));
}

onnx::AttributeProto& attribute(onnx::NodeProto& node, const char* name) {
  for (auto& one : *node.mutable_attribute()) {
    if (one.name() == name) {
      return one;
    }
  }
  throw std::logic_error("no attribute");
}

TEST(QonnxRules, FindWrongDomains) {
  breaks("not imported", [](auto& file) {
    file.mutable_opset_import()->RemoveLast();
  });
  breaks("version 2", [](auto& file) {
    file.mutable_opset_import(1)->set_version(1);
  });
  breaks("imported twice", [](auto& file) {
    *file.add_opset_import() = file.opset_import(1);
  });
  breaks("do not know", [](auto& file) {
    quantizer(file, true).set_domain("my.domain");
  });
  breaks("Quant nodes only", [](auto& file) {
    quantizer(file, true).set_op_type("DequantizeLinear");
  });
  breaks("all readers know", [](auto& file) {
    quantizer(file, true).set_op_type("IntQuant");
  });
}

TEST(QonnxRules, FindWrongAttributes) {
  for (const bool of_weight : {false, true}) {
    breaks("signed and narrow", [&](auto& file) {
      attribute(quantizer(file, of_weight), "narrow").set_name("narow");
    });
    breaks("signed and narrow", [&](auto& file) {
      attribute(quantizer(file, of_weight), "signed").set_i(2);
    });
    breaks("rounding_mode", [&](auto& file) {
      attribute(quantizer(file, of_weight), "rounding_mode").set_s("FLOOR");
    });
    breaks("rounding_mode", [&](auto& file) {
      attribute(quantizer(file, of_weight), "rounding_mode")
          .set_type(onnx::AttributeProto::INT);
    });
    breaks("other attributes", [&](auto& file) {
      quantizer(file, of_weight).add_attribute()->set_name("axis");
    });
  }
}

TEST(QonnxRules, FindWrongInputs) {
  breaks("X, scale", [](auto& file) {
    quantizer(file, false).mutable_input()->RemoveLast();
  });
  breaks("one output", [](auto& file) {
    quantizer(file, false).add_output("more");
  });
  breaks("are initializers", [](auto& file) {
    quantizer(file, false).set_input(1, "image");
  });
  breaks("are float32", [](auto& file) {
    initializer(file, quantizer(file, true).input(3))
        .set_data_type(onnx::TensorProto::INT32);
  });
  breaks("bitwidth is a scalar", [](auto& file) {
    initializer(file, quantizer(file, true).input(3)).add_dims(1);
  });
  breaks("the rank of X", [](auto& file) {
    initializer(file, quantizer(file, true).input(1))
        .mutable_dims()
        ->RemoveLast();
  });
  breaks("broadcast to X", [](auto& file) {
    initializer(file, quantizer(file, true).input(1)).set_dims(0, 3);
  });
  breaks("shape of X is known", [](auto& file) {
    quantizer(file, false).set_input(0, "nowhere");
  });
}

TEST(QonnxRules, FindWrongNumbers) {
  const auto parameter = [](int input, float number) {
    return [=](onnx::ModelProto& file) {
      set_number(
          initializer(file, quantizer(file, true).input(input)), 0, number);
    };
  };
  breaks("scales are positive", parameter(1, 0.0F));
  breaks("zero points are codes", parameter(2, 0.5F));
  breaks("zero points are codes", parameter(2, 8.0F));
  breaks("positive integer", parameter(3, 4.5F));
  breaks("positive integer", parameter(3, 0.0F));
  breaks("one bit", parameter(3, 1.0F));
  breaks("on the grid already", parameter(3, 3.0F));
  breaks("on the grid already", parameter(1, 0.0123F));
  breaks("on the grid already", [](auto& file) {
    set_number(initializer(file, quantizer(file, true).input(0)), 5, 0.0123F);
  });
}

}  // namespace
}  // namespace ompq
