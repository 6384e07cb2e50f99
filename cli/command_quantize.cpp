// SPDX-License-Identifier: MIT
#include "cli/command_quantize.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

/// True if the options ask for widths of their own.
bool names_widths(const BudgetOptions& budget) {
  const BudgetOptions untouched;
  return budget.has_budget() || budget.bits != untouched.bits ||
         !budget.pins.empty() || budget.first_last != untouched.first_last;
}

void check_widths(const QuantizeCommandOptions& options) {
  const BudgetOptions& budget = options.search.budget;
  const bool is_uniform = budget.bits.widths.size() == 1;
  if (options.plan) {
    OMPQ_CHECK(
        !names_widths(budget),
        ErrorCode::InvalidArgument,
        "--plan has the widths: leave --size, --payload, --avg-bits, --bits, "
        "--pin and --first-last out, or search for another plan");
  } else {
    OMPQ_CHECK(
        budget.has_budget() || is_uniform,
        ErrorCode::InvalidArgument,
        "the widths are missing: give --plan, a budget such as --size 1.5MiB, "
        "or a single width such as --bits 4");
  }
  OMPQ_CHECK(
      budget.has_budget() || budget.activation_bits.choices.widths.size() <= 1,
      ErrorCode::InvalidArgument,
      "--act-bits: several widths need a budget to choose by");
}

class QuantizeCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "quantize"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Quantize a network and repair its accuracy";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Stopped by Ctrl-C or killed, the same command goes on where it "
           "was.\n"
           "\n"
           "Examples:\n"
           "  ompq quantize net.onnx --calib photos/ --size 1.5MiB -o small/\n"
           "  ompq quantize net.onnx --calib photos/ --plan plan.json \\\n"
           "    --eval val/ -o small/\n"
           "  ompq quantize net.onnx --calib photos/ --bits 4 --effort fast "
           "\\\n"
           "    -o small/\n"
           "  ompq eval small/ --data val/";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override;
  void run(const Invocation& invocation) override {
    run_quantize(options_, invocation);
  }

 private:
  QuantizeCommandOptions options_;
};

void QuantizeCommand::check() const {
  check_widths(options_);
  static_cast<void>(to_preprocessing(options_.preprocess));
  check_exists(options_.model.model, "MODEL");
  check_exists(options_.calib, "--calib");
  if (options_.selection.labels) {
    check_exists(*options_.selection.labels, "--labels");
  }
  if (options_.plan) {
    check_exists(*options_.plan, "--plan");
  }
  check_evaluation(options_.evaluation);
  check_folder_place(options_.result.output, "--output");
}

}  // namespace

std::unique_ptr<Command> make_quantize_command() {
  return std::make_unique<QuantizeCommand>();
}

}  // namespace ompq
