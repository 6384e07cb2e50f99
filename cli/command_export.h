// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/export/profile.h"
#include "ompq/pipeline/run_options.h"

#include "cli/command.h"

namespace ompq {

/// Everything `ompq export` can be told.
struct ExportCommandOptions {
  ModelOptions model;
  ExportProfile profile = ExportProfile::Packed;
  RunOptions run;
  std::filesystem::path output;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Export");
    visit(
        profile,
        {.name = "profile",
         .help = "what kind of file; see 'ompq help profiles'"});
    visit(
        output,
        {.name = "output",
         .help = "the file to write",
         .placeholder = "FILE",
         .letter = "o",
         .is_required = true});
    visit.begin_group("Run");
    run.describe(visit);
  }
};

/// Exports. The file is run before it is written; what that needs is loaded
/// meanwhile.
void run_export(
    const ExportCommandOptions& options, const Invocation& invocation);

}  // namespace ompq
