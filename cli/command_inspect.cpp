// SPDX-License-Identifier: MIT
#include <string>

#include "ompq/pipeline/run_options.h"

#include "cli/command.h"
#include "cli/console.h"
#include "cli/existing_path.h"
#include "cli/inspection.h"

namespace ompq {
namespace {

class InspectCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "inspect"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Show a model's layers, what can be quantized and what not, and why";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Example:\n  ompq inspect net.onnx";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override { check_exists(options_.model, "MODEL"); }
  void run(const Invocation& invocation) override {
    const Inspection inspection = inspect_model(options_);
    Console& console = invocation.console;
    console.print(
        invocation.is_json ? to_json(inspection).dump(2) + "\n"
                           : to_text(inspection, console.output().width));
  }

 private:
  ModelOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_inspect_command() {
  return std::make_unique<InspectCommand>();
}

}  // namespace ompq
