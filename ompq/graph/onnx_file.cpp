// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_file.h"

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

onnx::ModelProto parse_model(std::string_view bytes) {
  OMPQ_CHECK(!bytes.empty(), ErrorCode::InvalidFile, "the file is empty");
  OMPQ_CHECK(
      bytes.size() <= kMaxBytes,
      ErrorCode::Unsupported,
      "the file has {} bytes; an ONNX file holds 2 GB at most, store the "
      "weights as external data",
      bytes.size());
  onnx::ModelProto model;
  const bool is_whole =
      model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const bool begins_as_model = model.has_ir_version() || model.has_graph();
  OMPQ_CHECK(
      is_whole || !begins_as_model,
      ErrorCode::InvalidFile,
      "the ONNX file is truncated or damaged ({} bytes)",
      bytes.size());
  OMPQ_CHECK(
      is_whole && begins_as_model, ErrorCode::InvalidFile, "not an ONNX file");
  OMPQ_CHECK(
      model.has_graph() && model.graph().output_size() > 0,
      ErrorCode::InvalidFile,
      "the ONNX file holds no network with outputs; it may be truncated");
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

std::string read_bytes(const std::filesystem::path& path) {
  std::error_code status;
  OMPQ_CHECK(
      std::filesystem::is_regular_file(path, status),
      ErrorCode::NotFound,
      "[read_onnx] {}: the file does not exist or is a folder",
      path.string());
  const auto size = std::filesystem::file_size(path, status);
  std::ifstream file(path, std::ios::binary);
  OMPQ_CHECK(
      !status && file.is_open(),
      ErrorCode::NotFound,
      "[read_onnx] {}: the file may not be read",
      path.string());
  OMPQ_CHECK(
      size <= kMaxBytes,
      ErrorCode::Unsupported,
      "[read_onnx] {}: the file has {} bytes; an ONNX file holds 2 GB at most, "
      "store the weights as external data",
      path.string(),
      size);
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  OMPQ_CHECK(
      file.gcount() == static_cast<std::streamsize>(size),
      ErrorCode::InvalidFile,
      "[read_onnx] {}: the file could only be read in part",
      path.string());
  return bytes;
}

Graph read_graph(
    onnx::ModelProto model,
    const std::filesystem::path& folder,
    const std::string& where) {
  try {
    return detail::graph_from_model(model, folder);
  } catch (const Error& error) {
    fail_in(where, error);
  }
}

onnx::ModelProto parse_named(std::string_view bytes, const std::string& where) {
  try {
    return parse_model(bytes);
  } catch (const Error& error) {
    fail_in(where, error);
  }
}

}  // namespace

Graph read_onnx(const std::filesystem::path& path) {
  const std::string where = path.string();
  // Not one expression with read_graph: the bytes of the file are freed before
  // the constants are made.
  onnx::ModelProto model = parse_named(read_bytes(path), where);
  return read_graph(std::move(model), path.parent_path(), where);
}

Graph parse_onnx(
    std::string_view bytes,
    const std::filesystem::path& folder,
    const std::string& where) {
  return read_graph(parse_named(bytes, where), folder, where);
}

std::string serialize_onnx(const Graph& graph) {
  const onnx::ModelProto model = detail::model_from_graph(graph);
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
