// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "ompq/export/profile.h"

namespace ompq {

/// Where the commands that make a network put it, and what becomes of what lies
/// there.
struct ResultOptions {
  ExportProfile profile = ExportProfile::Packed;
  std::filesystem::path output;
  bool force = false;
  bool restart = false;

  /// @param files  what the folder gets, as the help says it
  template <typename Visitor>
  void describe(Visitor& visit, const std::string& files) {
    visit(
        profile,
        {.name = "profile",
         .help = "kind of model.onnx; see 'ompq help profiles'"});
    visit(
        output,
        {.name = "output",
         .help =
             "folder for " + files + "; a run that was killed goes on there",
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
