// SPDX-License-Identifier: MIT
#include "ompq/pipeline/export_report.h"

namespace ompq {

Json to_json(const ExportReport& report) {
  Json json = Json::object();
  json["profile"] = enum_name(report.profile);
  json["file"] = report.output.filename().string();
  json["file_bytes"] = report.file_size.count;
  json["payload_bytes"] = report.payload.count;
  json["quantized_layers"] = report.quantized_layers;
  json["float_layers"] = report.float_layers;
  json["values_compared"] = report.verification.values;
  json["largest_difference"] = report.verification.largest_difference;
  if (report.lint) {
    Json& nodes = json["nodes"] = Json::array();
    for (const LintRow& row : report.lint->rows) {
      nodes.push_back(
          {{"name", row.name},
           {"operator", row.op_type},
           {"execution", to_string(row.execution)},
           {"reason", row.reason}});
    }
  }
  return json;
}

}  // namespace ompq
