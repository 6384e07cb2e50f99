// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ompq/core/units.h"

#include "cli/help_text.h"
#include "cli/inspection.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace ompq {
namespace {

constexpr std::int64_t kLabelWidth = 11;

std::string labelled(
    std::string_view label, const std::string& text, std::int64_t width) {
  return fmt::format(
      "{:<{}}{}\n",
      label,
      kLabelWidth,
      wrap(printable(text), width - kLabelWidth, kLabelWidth));
}

std::string port_line(
    std::string_view label, const PortFacts& port, std::int64_t width) {
  const std::string facts = fmt::format("  {} {}", port.type, port.shape);
  const std::int64_t room =
      std::max<std::int64_t>(8, width - kLabelWidth - display_width(facts));
  return fmt::format(
      "{:<{}}{}{}\n",
      label,
      kLabelWidth,
      shorten_middle(printable(port.name), room),
      printable(facts));
}

std::string heading(const Inspection& inspection, std::int64_t width) {
  std::string producer = inspection.header.producer_name.empty()
                             ? "unknown producer"
                             : inspection.header.producer_name;
  if (!inspection.header.producer_version.empty()) {
    producer += " " + inspection.header.producer_version;
  }
  std::string text = labelled(
      "model",
      fmt::format(
          "{}, {} ({} bytes)",
          inspection.file,
          format_bytes(Bytes{inspection.file_bytes}),
          format_count(inspection.file_bytes)),
      width);
  text += labelled(
      "format",
      fmt::format(
          "ONNX opset {}, IR version {}, {}",
          inspection.opset,
          inspection.header.ir_version,
          producer),
      width);
  for (const PortFacts& port : inspection.inputs) {
    text += port_line("input", port, width);
  }
  for (const PortFacts& port : inspection.outputs) {
    text += port_line("output", port, width);
  }
  return text;
}

std::string macs_text(std::int64_t macs) {
  return macs > 0 ? format_si(static_cast<double>(macs)) : "-";
}

/// "4/8": bits of the weights and of the activation.
std::string width_text(const Inspection& inspection, const Layer& layer) {
  const auto found = inspection.widths.find(layer.name);
  if (found == inspection.widths.end()) {
    return "-";
  }
  const auto& [weight_bits, activation_bits] = found->second;
  return fmt::format(
      "{}/{}",
      weight_bits,
      activation_bits ? fmt::to_string(*activation_bits) : "float");
}

std::string layer_table(const Inspection& inspection, std::int64_t width) {
  const LayerTable& layers = inspection.layers.layers;
  const bool is_quantized = !inspection.widths.empty();
  std::vector<Column> columns{
      {.title = "layer", .may_shrink = true},
      {.title = "kind"},
      {.title = "weight shape"},
      {.title = "weights", .is_number = true},
      {.title = "MACs", .is_number = true}};
  if (is_quantized) {
    columns.push_back({.title = "bits w/a", .is_number = true});
  }
  Table table(columns);
  for (const Layer& layer : layers) {
    std::vector<std::string> cells{
        layer.name,
        std::string(to_string(layer.kind)),
        fmt::format("{}", fmt::join(layer.weight_shape, "x")),
        format_count(layer.weights),
        macs_text(layer.macs)};
    if (is_quantized) {
      cells.push_back(width_text(inspection, layer));
    }
    table.add_row(std::move(cells));
  }
  std::vector<std::string> totals{
      fmt::format("{} layers", layers.size()),
      "",
      "",
      format_count(total_weights(layers)),
      macs_text(total_macs(layers))};
  totals.resize(columns.size());
  table.set_totals(std::move(totals));
  return table.render(width);
}

std::string skipped_text(
    const std::vector<SkippedNode>& nodes, std::int64_t width) {
  std::string text = fmt::format("\nNot quantized ({}):\n", nodes.size());
  for (const SkippedNode& node : nodes) {
    text += fmt::format(
        "  {}\n",
        wrap(
            printable(fmt::format(
                "{} ({}): {}", node.name, node.op_type, node.reason)),
            width - 2,
            4));
  }
  return text;
}

std::string operators_text(const Inspection& inspection, std::int64_t width) {
  std::vector<std::string> counts;
  for (const auto& [name, count] : inspection.operators) {
    counts.push_back(fmt::format("{} {}", name, count));
  }
  return fmt::format(
      "\n{}",
      labelled(
          "operators",
          fmt::format(
              "{} nodes: {}", inspection.nodes, fmt::join(counts, ", ")),
          width));
}

}  // namespace

std::string to_text(const Inspection& inspection, std::int64_t width) {
  std::string text = heading(inspection, width) + "\n";
  const LayerTable& layers = inspection.layers.layers;
  text += layers.empty() ? "There is no layer that can be quantized.\n"
                         : layer_table(inspection, width);
  if (!inspection.layers.skipped.empty()) {
    text += skipped_text(inspection.layers.skipped, width);
  }
  return text + operators_text(inspection, width);
}

}  // namespace ompq
