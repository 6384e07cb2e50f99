// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "ompq/core/export.h"
#include "ompq/core/units.h"
#include "ompq/export/profile.h"
#include "ompq/export/read_quantized.h"
#include "ompq/pipeline/export_report.h"
#include "ompq/pipeline/verify_export.h"

namespace ompq {

/// Where and how a network is written.
struct ExportOptions {
  ExportProfile profile = ExportProfile::Packed;
  std::filesystem::path output;
  /// More metadata_props, by key.
  std::map<std::string, std::string> metadata;
  /// What the file may take at most.
  std::optional<Bytes> limit;
  /// Of the random inputs on which the file is compared.
  std::uint64_t seed = 0;
};

/// A quantized network from a file: of any profile, or an ordinary QDQ model.
///
/// @throws Error{InvalidArgument}  no weight of it is an integer
/// @throws as read_onnx(), canonicalize() and take_quantizers_out()
[[nodiscard]] OMPQ_API QuantizedNetwork read_quantized_network(
    const std::filesystem::path& path, const ShapeOptions& shapes = {});

/// Writes a quantized network in a profile: the bytes are made, read back, run
/// and compared with the simulation, and only then written, whole or not at
/// all. Of all this only `verify` needs tensors; it is called once.
///
/// @throws Error{Internal}      the bytes do not give the simulation's numbers
/// @throws Error{InvalidArgument}  a network with encodings that ends in
///                                 .encodings itself
/// @throws Error{Infeasible}    the file would be above its limit
/// @throws Error{OutputFailed}  not writable or disk full
/// @throws as export_model()
OMPQ_API ExportReport export_network(
    const QuantizedNetwork& network,
    const ExportOptions& options,
    const ExportVerifier& verify);

}  // namespace ompq
