// SPDX-License-Identifier: MIT
#include "cli/command_export.h"

#include "ompq/pipeline/result_folder.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

class ExportCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "export"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Write a quantized network as another kind of file";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "MODEL is a folder that 'ompq quantize' wrote, a file of any\n"
           "profile, or another quantized ONNX file (QuantizeLinear,\n"
           "DequantizeLinear). What is written is read back, run and\n"
           "compared first.\n"
           "\n"
           "Example:\n"
           "  ompq export small/ --profile fast -o fast.onnx";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override {
    check_exists(options_.model.model, "MODEL");
    check_writable_place(options_.output, "--output");
    std::error_code status;
    OMPQ_CHECK(
        !std::filesystem::equivalent(
            options_.output, model_file_of(options_.model.model), status),
        ErrorCode::InvalidArgument,
        "--output: {}: this is the model itself; give another file",
        options_.output.string());
  }
  void run(const Invocation& invocation) override {
    run_export(options_, invocation);
  }

 private:
  ExportCommandOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_export_command() {
  return std::make_unique<ExportCommand>();
}

}  // namespace ompq
