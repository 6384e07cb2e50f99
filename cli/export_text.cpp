// SPDX-License-Identifier: MIT
#include "cli/export_text.h"

#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/help_text.h"
#include "cli/table.h"

namespace ompq {
namespace {

/// The nodes that stay float, and why.
std::string float_rows(const IntegerLint& lint, std::int64_t width) {
  Table table(
      {{.title = "stays float", .may_shrink = true},
       {.title = "operator"},
       {.title = "why", .may_shrink = true}});
  bool is_empty = true;
  for (const LintRow& row : lint.rows) {
    const bool is_conversion =
        row.op_type == "QuantizeLinear" || row.op_type == "DequantizeLinear";
    if (row.execution == Execution::Float && !is_conversion) {
      table.add_row({row.name, row.op_type, row.reason});
      is_empty = false;
    }
  }
  return is_empty ? "" : table.render(width);
}

}  // namespace

std::string to_text(const ExportReport& report, std::int64_t width) {
  const std::string layers =
      report.float_layers == 0
          ? fmt::format("{} layers", report.quantized_layers)
          : fmt::format(
                "{} layers, {} more in float",
                report.quantized_layers,
                report.float_layers);
  const std::string size = fmt::format(
      "{}: {} ({} bytes), profile {}; weights of {} take {}",
      report.output.string(),
      format_bytes(report.file_size),
      format_count(report.file_size.count),
      enum_name(report.profile),
      layers,
      format_bytes(report.payload));
  const std::string check = fmt::format(
      "read back and compared with the simulation: {} values, largest "
      "difference {:.2g}",
      report.verification.values,
      report.verification.largest_difference);
  std::string text =
      wrap(size, width - 2, 2) + "\n" + wrap(check, width, 2) + "\n";
  if (report.lint) {
    text += float_rows(*report.lint, width) +
            wrap("in ONNX Runtime " + report.lint->summary(), width - 2, 2) +
            "\n";
  }
  return text;
}

}  // namespace ompq
