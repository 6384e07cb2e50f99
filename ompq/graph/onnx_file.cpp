// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_file.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <system_error>

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/graph/onnx_proto.h"
#include "ompq/graph/onnx_reader.h"
#include "ompq/graph/onnx_writer.h"

namespace ompq {
namespace {

constexpr std::size_t kMaxBytes = std::numeric_limits<std::int32_t>::max();

void check_size(std::uintmax_t size_bytes) {
  OMPQ_CHECK(size_bytes > 0, ErrorCode::InvalidFile, "the file is empty");
  OMPQ_CHECK(
      size_bytes <= kMaxBytes,
      ErrorCode::Unsupported,
      "the file has {} bytes; an ONNX file holds 2 GB at most, store the "
      "weights as external data",
      size_bytes);
}

/// @param is_whole  whether protobuf could read the file to its end
void check_model(const onnx::ModelProto& model, bool is_whole) {
  const bool begins_as_model = model.has_ir_version() || model.has_graph();
  OMPQ_CHECK(
      is_whole || !begins_as_model,
      ErrorCode::InvalidFile,
      "the ONNX file is truncated or damaged");
  OMPQ_CHECK(
      is_whole && begins_as_model, ErrorCode::InvalidFile, "not an ONNX file");
  OMPQ_CHECK(
      model.has_graph() && model.graph().output_size() > 0,
      ErrorCode::InvalidFile,
      "the ONNX file holds no network with outputs; it may be truncated");
}

onnx::ModelProto parse_bytes(std::string_view bytes) {
  check_size(bytes.size());
  onnx::ModelProto model;
  const bool is_whole =
      model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  check_model(model, is_whole);
  return model;
}

/// Reads from the stream: the bytes of the file are never in memory as such.
onnx::ModelProto parse_file(const std::filesystem::path& path) {
  std::error_code status;
  OMPQ_CHECK(
      std::filesystem::is_regular_file(path, status),
      ErrorCode::NotFound,
      "the file does not exist or is a folder");
  const std::uintmax_t size = std::filesystem::file_size(path, status);
  std::ifstream file(path, std::ios::binary);
  OMPQ_CHECK(
      !status && file.is_open(),
      ErrorCode::NotFound,
      "the file may not be read");
  check_size(size);
  onnx::ModelProto model;
  const bool is_whole = model.ParseFromIstream(&file);
  check_model(model, is_whole);
  return model;
}

/// Places the name of the file in front of an error about its contents.
[[noreturn]] void fail_in(const std::string& where, const Error& error) {
  std::string_view message = error.what();
  if (message.starts_with('[')) {
    message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
  }
  fail(error.code(), "[read_onnx] {}: {}", where, message);
}

/// Runs `read`; errors name the file.
template <typename Read>
Graph read_named(const std::string& where, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    fail_in(where, error);
  }
}

}  // namespace

Graph read_onnx(const std::filesystem::path& path) {
  return read_named(path.string(), [&] {
    onnx::ModelProto model = parse_file(path);
    return detail::graph_from_model(model, path.parent_path());
  });
}

Graph parse_onnx(
    std::string_view bytes,
    const std::filesystem::path& folder,
    const std::string& where) {
  return read_named(where, [&] {
    onnx::ModelProto model = parse_bytes(bytes);
    return detail::graph_from_model(model, folder);
  });
}

std::string serialize_onnx(
    const Graph& graph, const OnnxWriteOptions& options) {
  const onnx::ModelProto model = detail::model_from_graph(graph, options);
  const std::size_t size_bytes = model.ByteSizeLong();
  OMPQ_CHECK(
      size_bytes <= kMaxBytes,
      ErrorCode::Unsupported,
      "[write_onnx] the file would have {} bytes; an ONNX file holds 2 GB at "
      "most",
      size_bytes);
  return model.SerializeAsString();
}

void write_onnx(const Graph& graph, const std::filesystem::path& path) {
  write_file_atomically(path, serialize_onnx(graph));
}

}  // namespace ompq
