// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "ompq/export/profile.h"

namespace ompq {

/// Where the commands that make a network put it, and what becomes of what lies
/// there.
struct ResultOptions {
  ExportProfile profile = ExportProfile::Packed;
  std::filesystem::path output;
  bool force = false;
  bool restart = false;

  /// @param output_help  what help says of the folder; a literal
  template <typename Visitor>
  void describe(Visitor& visit, std::string_view output_help) {
    visit(
        profile,
        {.name = "profile",
         .help = "kind of model.onnx; see 'ompq help profiles'"});
    visit(
        output,
        {.name = "output",
         .help = output_help,
         .placeholder = "OUT/",
         .letter = "o",
         .is_required = true});
    visit(
        force,
        {.name = "force",
         .help = "replace the results of another model in the folder"});
    visit(
        restart,
        {.name = "restart", .help = "begin anew where an unfinished run was"});
  }
};

}  // namespace ompq
