// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The float network with its weights on their grids: each quantized layer
/// reads a float32 initializer `<weight>_rounded` and its new bias. Activations
/// are not quantized; their grids are in to_aimet_encodings(). Values keep
/// their names.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws as to_qdq_graph()
[[nodiscard]] OMPQ_API Graph
to_rounded_graph(const Graph& float_graph, const QuantizedModel& model);

/// The grids of a quantized network in the format of AIMET, version 1.0.0:
///
///   version "1.0.0"
///   activation_encodings, param_encodings: lists of
///     name       value or initializer of to_rounded_graph()
///     enc_type   PER_TENSOR, PER_CHANNEL (by output channel), PER_BLOCK
///     dtype      "INT"
///     bw         bits, 2 to 16
///     is_sym     true if every offset is -2^(bw - 1)
///     block_size elements along the input channel, PER_BLOCK only
///     scale      1, channels or channels x blocks numbers, channel first
///     offset     as many integers: lowest code of the unsigned grid less the
///                code of 0, so real = scale (code + offset), code in
///                [0, 2^bw - 1]
///   quantizer_args   most frequent widths and the scheme
///   excluded_layers  nodes with weights that stay float
///
/// @throws Error{Unsupported}  a grid of 1 bit, or groups that do not divide
///                             the inputs of a layer; names layer or value
/// @throws as to_qdq_graph()
/// @source AIMET's specification of encodings, version 1.0.0
[[nodiscard]] OMPQ_API Json
to_aimet_encodings(const Graph& float_graph, const QuantizedModel& model);

/// The way back: what the encodings say about a network, with the codes of its
/// weights found by rounding. Entries of dtype FLOAT and parameters of more
/// than 16 bits (biases) are left as they are.
///
/// @param graph  the network of the encodings, prepared
/// @param where  begins every message, e.g. the name of the file
/// @throws Error{InvalidFile}  a field is missing or wrong, asks for what ompq
///                             does not run (LPBQ, activations of more than 16
///                             bits) or names no weight of a layer or computed
///                             value; names entry and field:
///                             `model.encodings: param_encodings[3].bw: ...`
/// @throws Error{Unsupported}  another version
[[nodiscard]] OMPQ_API QuantizedModel model_from_encodings(
    const Graph& graph, const Json& encodings, const std::string& where);

/// The network with the quantizers that the encodings describe, in the form of
/// to_qdq_graph().
///
/// @throws as model_from_encodings()
[[nodiscard]] OMPQ_API Graph apply_encodings(
    const Graph& graph, const Json& encodings, const std::string& where);

}  // namespace ompq
