// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/pipeline/export_report.h"

namespace ompq {

/// How an exported file is compared with the simulation.
struct VerificationOptions {
  /// Largest difference of a value that is allowed; see `rounds`.
  double tolerance = 1e-5;
  /// False: the file has the same operations, so every value is compared, by
  /// its largest difference as a share of its largest magnitude. True: the file
  /// rounds other numbers (biases), so that some codes are the next ones and
  /// values between quantizers may be other things of the same name; quantized
  /// values and outputs are compared, each computed from the simulation's, by
  /// the root mean square of the difference as a share of that of the value.
  bool rounds = false;
  /// Values behind a Relu or Clip may come without its limits: quantizers keep
  /// them. They are not compared.
  bool moves_limits = false;
  /// Of the random inputs.
  std::uint64_t seed = 0;
};

/// Runs a network that was read back from an exported file and its simulation
/// on the same random inputs, and compares every value that both compute, in
/// the order in which they are computed.
///
/// @param exported  the file's graph, canonical form with shapes
/// @param simulation  to_qdq_graph() of what was exported, with shapes
/// @param where     the file's name, for errors
/// @throws Error{Internal}  a value differs by more than the tolerance, has
///                          another shape, for one sample or several, or is
///                          missing: names the first one and its node
OMPQ_API Verification verify_export(
    const Graph& exported,
    const Graph& simulation,
    const std::string& where,
    const VerificationOptions& options = {});

/// verify_export(), or where to find it once its library is loaded.
using ExportVerifier = std::function<Verification(
    const Graph& exported,
    const Graph& simulation,
    const std::string& where,
    const VerificationOptions& options)>;

}  // namespace ompq
