// SPDX-License-Identifier: MIT
#include "cli/command_train.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

void check_widths(const TrainCommandOptions& options) {
  OMPQ_CHECK(
      options.from || options.plan || options.bits,
      ErrorCode::InvalidArgument,
      "the widths are missing: give --plan, --bits 4, or the result of a "
      "quantization: --from OUT/");
  OMPQ_CHECK(
      !options.plan || !options.bits,
      ErrorCode::InvalidArgument,
      "--plan has the widths: leave --bits out");
  OMPQ_CHECK(
      !options.from || (!options.bits && !options.activation_bits),
      ErrorCode::InvalidArgument,
      "--from has the widths: leave --bits and --act-bits out");
  OMPQ_CHECK(
      !options.activation_bits ||
          options.activation_bits->choices.widths.size() <= 1,
      ErrorCode::InvalidArgument,
      "--act-bits: one width is needed here");
}

void check_validation(const TrainCommandOptions& options) {
  const bool by_evaluation = options.validation == ValidationData::Evaluation;
  OMPQ_CHECK(
      !by_evaluation || options.evaluation.data,
      ErrorCode::InvalidArgument,
      "--validate eval: --eval is missing");
  OMPQ_CHECK(
      options.patience == 0 || by_evaluation ||
          (options.validation == ValidationData::HeldOut &&
           options.hold_out > 0.0),
      ErrorCode::InvalidArgument,
      "--patience: nothing judges the epochs; give --hold-out 0.05 or "
      "--validate eval");
}

class TrainCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "train"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Train a network under its bit plan";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Stopped by Ctrl-C or killed, the same command goes on where it "
           "was.\n"
           "\n"
           "Examples:\n"
           "  ompq train net.onnx --data photos/ --from small/ -o trained/\n"
           "  ompq train net.onnx --data photos/ --plan plan.json \\\n"
           "    --epochs 10 --flip --random-crop --pad 4 -o trained/\n"
           "  ompq train net.onnx --data unlabelled/ --from small/ \\\n"
           "    --distill 1 -o trained/\n"
           "  ompq eval trained/ --data val/";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override;
  void run(const Invocation& invocation) override {
    run_train(options_, invocation);
  }

 private:
  TrainCommandOptions options_;
};

void TrainCommand::check() const {
  check_widths(options_);
  check_validation(options_);
  check_augmentation(options_.augmentation);
  static_cast<void>(to_preprocessing(options_.preprocess));
  check_exists(options_.model.model, "MODEL");
  check_exists(options_.data, "--data");
  if (options_.selection.labels) {
    check_exists(*options_.selection.labels, "--labels");
  }
  if (options_.from) {
    check_exists(*options_.from, "--from");
  }
  if (options_.plan) {
    check_exists(*options_.plan, "--plan");
  }
  check_evaluation(options_.evaluation);
  check_folder_place(options_.result.output, "--output");
}

}  // namespace

std::unique_ptr<Command> make_train_command() {
  return std::make_unique<TrainCommand>();
}

}  // namespace ompq
