// SPDX-License-Identifier: MIT
// What readers of AIMET encodings 1.0.0 take for granted. Written from the
// specification; knows nothing of the writer.
#pragma once

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ompq/core/json_file.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Collects what is wrong with encodings and the network they belong to.
class EncodingsRules {
 public:
  EncodingsRules(const Json& json, const Graph& graph)
      : json_(json), graph_(graph) {
    expect(json.value("version", Json()) == "1.0.0", "version is 1.0.0");
    expect(
        fields_of(json) ==
            std::set<std::string>{
                "version",
                "activation_encodings",
                "param_encodings",
                "quantizer_args",
                "excluded_layers"},
        "the document has the five members of 1.0.0");
    for (const char* section : {"activation_encodings", "param_encodings"}) {
      expect(
          json.contains(section) && json[section].is_array(),
          "encodings are lists");
      if (json.contains(section) && json[section].is_array()) {
        for (const Json& entry : json[section]) {
          check_entry(entry, std::string(section) == "param_encodings");
        }
      }
    }
    check_arguments();
    check_excluded();
  }

  [[nodiscard]] const std::vector<std::string>& complaints() const {
    return complaints_;
  }

 private:
  void expect(bool holds, const std::string& rule) {
    if (!holds) {
      complaints_.push_back(
          entry_.empty() ? rule : fmt::format("'{}': {}", entry_, rule));
    }
  }

  static std::set<std::string> fields_of(const Json& object) {
    std::set<std::string> fields;
    if (object.is_object()) {
      for (const auto& item : object.items()) {
        fields.insert(item.key());
      }
    }
    return fields;
  }

  void check_entry(const Json& entry, bool is_parameter) {
    entry_.assign(1, '?');
    expect(
        entry.is_object() && entry.contains("name") &&
            entry["name"].is_string(),
        "an entry has a name");
    if (!entry.is_object() || !entry.contains("name") ||
        !entry["name"].is_string()) {
      return;
    }
    entry_ = entry["name"].get<std::string>();
    expect(names_.insert(entry_).second, "a tensor has one entry");
    check_name(is_parameter);
    if (has_types(entry)) {
      check_numbers(entry, is_parameter);
    }
    entry_.clear();
  }

  void check_name(bool is_parameter) {
    const auto id = graph_.find_value(entry_);
    expect(id.has_value(), "the name stands in the ONNX file");
    if (id.has_value()) {
      expect(
          graph_.value(*id).constant.has_value() == is_parameter,
          "parameters are initializers, activations are computed");
      expect(
          graph_.value(*id).type == DataType::Float32,
          "the tensor is float32 in the ONNX file");
    }
  }

  bool has_types(const Json& entry) {
    const auto& kind = entry.value("enc_type", Json());
    const bool is_block = kind == "PER_BLOCK";
    const bool has_kind =
        is_block || kind == "PER_TENSOR" || kind == "PER_CHANNEL";
    expect(has_kind, "enc_type is PER_TENSOR, PER_CHANNEL or PER_BLOCK");
    std::set<std::string> fields{
        "name", "enc_type", "dtype", "bw", "is_sym", "scale", "offset"};
    if (is_block) {
      fields.insert("block_size");
    }
    const bool has_fields = fields_of(entry) == fields;
    expect(has_fields, "the fields are those of the enc_type");
    if (!has_kind || !has_fields) {
      return false;
    }
    expect(entry["dtype"] == "INT", "dtype is INT");
    const bool has_bits = entry["bw"].is_number_integer() &&
                          entry["bw"].get<std::int64_t>() >= 2 &&
                          entry["bw"].get<std::int64_t>() <= 32;
    expect(has_bits, "bw is an integer from 2 to 32");
    expect(entry["is_sym"].is_boolean(), "is_sym is true or false");
    const bool has_lists =
        entry["scale"].is_array() && entry["offset"].is_array();
    expect(has_lists, "scale and offset are lists");
    const bool has_block =
        !is_block || (entry["block_size"].is_number_integer() &&
                      entry["block_size"].get<int>() > 0);
    expect(has_block, "block_size is a positive integer");
    return has_bits && has_lists && has_block && entry["is_sym"].is_boolean();
  }

  void check_numbers(const Json& entry, bool is_parameter) {
    const std::int64_t codes = std::int64_t{1} << entry["bw"].get<int>();
    bool is_symmetric = true;
    for (const Json& scale : entry["scale"]) {
      expect(
          scale.is_number() && scale.get<double>() > 0 &&
              std::isfinite(scale.get<double>()),
          "scales are positive");
    }
    for (const Json& offset : entry["offset"]) {
      const bool is_integer = offset.is_number_integer();
      expect(is_integer, "offsets are integers");
      const std::int64_t number = is_integer ? offset.get<std::int64_t>() : 0;
      expect(
          number <= 0 && number > -codes,
          "offsets are minus a code of the unsigned grid");
      is_symmetric = is_symmetric && number == -codes / 2;
    }
    expect(
        entry["is_sym"] == is_symmetric,
        "is_sym means offsets of minus half the codes");
    check_lengths(entry, is_parameter);
    if (is_parameter) {
      check_weight(entry, codes);
    }
  }

  void check_lengths(const Json& entry, bool is_parameter) {
    expect(
        entry["scale"].size() == entry["offset"].size(),
        "there are as many offsets as scales");
    if (entry["enc_type"] == "PER_TENSOR") {
      expect(entry["scale"].size() == 1, "PER_TENSOR has one scale");
    } else {
      expect(is_parameter, "activations are PER_TENSOR");
    }
  }

  /// Where the channels of a weight lie.
  struct Axes {
    std::size_t output = 0;
    std::size_t input = 1;
  };

  static Axes axes_of(const Node& node, std::size_t rank) {
    if (node.op_type == "ConvTranspose" ||
        (node.op_type == "Gemm" && node.integer("transB", 0) == 0)) {
      return {.output = 1, .input = 0};
    }
    if (node.op_type == "MatMul") {
      return {.output = rank - 1, .input = rank - 2};
    }
    return {};
  }

  void check_weight(const Json& entry, std::int64_t codes) {
    const auto id = graph_.find_value(entry_);
    if (!id.has_value() || !graph_.value(*id).constant.has_value()) {
      return;
    }
    const Constant& weight = *graph_.value(*id).constant;
    const Shape& shape = weight.shape();
    for (const NodeId reader : graph_.value(*id).consumers) {
      const Axes axes = axes_of(graph_.node(reader), shape.size());
      const std::int64_t inputs = shape[axes.input];
      std::int64_t channels = shape[axes.output];
      std::int64_t block = inputs;
      if (entry["enc_type"] == "PER_BLOCK") {
        block = entry["block_size"].get<std::int64_t>();
        expect(inputs % block == 0, "blocks divide the input channels");
      } else if (entry["enc_type"] == "PER_TENSOR") {
        channels = 1;
      }
      const std::int64_t blocks = inputs / block;
      const bool has_length =
          static_cast<std::int64_t>(entry["scale"].size()) == channels * blocks;
      expect(
          has_length,
          "one scale for each output channel or each of its blocks");
      if (has_length && entry["offset"].size() == entry["scale"].size()) {
        check_on_grid(entry, codes, weight, [&](const Shape& position) {
          return static_cast<std::size_t>(
              position[axes.output] % channels * blocks +
              (blocks == 1 ? 0 : position[axes.input] / block));
        });
      }
    }
  }

  /// real = scale (code + offset) for a code of the unsigned grid.
  void check_on_grid(
      const Json& entry,
      std::int64_t codes,
      const Constant& weight,
      const auto& scale_of) {
    bool is_on_grid = true;
    Shape position(weight.shape().size(), 0);
    for (const double real : weight.to_double()) {
      const std::size_t index = scale_of(position);
      const double code = real / entry["scale"][index].get<double>() -
                          entry["offset"][index].get<double>();
      is_on_grid = is_on_grid && std::abs(code - std::round(code)) < 0.01 &&
                   code > -0.01 && code < static_cast<double>(codes) - 0.99;
      for (std::size_t axis = position.size(); axis-- > 0;) {
        if (++position[axis] < weight.shape()[axis]) {
          break;
        }
        position[axis] = 0;
      }
    }
    expect(is_on_grid, "the numbers in the ONNX file are on the grid");
  }

  void check_arguments() {
    const Json arguments = json_.value("quantizer_args", Json::object());
    const auto is_width = [&](const char* key) {
      return arguments.contains(key) && arguments[key].is_number_integer();
    };
    const auto is_flag = [&](const char* key) {
      return arguments.contains(key) && arguments[key].is_boolean();
    };
    const Json scheme = arguments.value("quant_scheme", Json());
    expect(
        is_width("activation_bitwidth") && is_width("param_bitwidth") &&
            is_flag("is_symmetric") && is_flag("per_channel_quantization") &&
            arguments.value("dtype", Json()) == "int" &&
            (scheme == "post_training_tf" ||
             scheme == "post_training_tf_enhanced") &&
            arguments.size() == 6,
        "quantizer_args has its six members");
  }

  void check_excluded() {
    const Json names = json_.value("excluded_layers", Json());
    expect(names.is_array(), "excluded_layers is a list");
    if (!names.is_array()) {
      return;
    }
    for (const Json& name : names) {
      expect(
          name.is_string() &&
              graph_.find_node(name.get<std::string>()).has_value(),
          "excluded layers are nodes of the ONNX file");
    }
  }

  const Json& json_;
  const Graph& graph_;
  std::string entry_;
  std::set<std::string> names_;
  std::vector<std::string> complaints_;
};

}  // namespace ompq
