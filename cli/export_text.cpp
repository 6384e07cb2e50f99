// SPDX-License-Identifier: MIT
#include "cli/export_text.h"

#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/help_text.h"
#include "cli/table.h"

namespace ompq {

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
  return wrap(size, width, 2) + "\n" + wrap(check, width, 2) + "\n";
}

}  // namespace ompq
