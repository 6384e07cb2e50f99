// SPDX-License-Identifier: MIT
#include "cli/command_study.h"

#include "ompq/core/error.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

class StudyCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "study"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Compare the ways to choose widths on your network";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "At each budget: the accuracy of the plan of every score and\n"
           "control, and how well it orders random plans (Spearman's rank\n"
           "correlation with a bootstrap interval). Weights are rounded to "
           "the\n"
           "nearest, activations stay in float.\n"
           "\n"
           "Example:\n"
           "  ompq study net.onnx --calib photos/ --eval val/";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override;
  void run(const Invocation& invocation) override {
    run_study(options_, invocation);
  }

 private:
  StudyCommandOptions options_;
};

void StudyCommand::check() const {
  OMPQ_CHECK(
      options_.evaluation.data.has_value(),
      ErrorCode::InvalidArgument,
      "--eval is missing: labelled images, other ones than those of --calib");
  OMPQ_CHECK(
      !options_.search.budget.average_bits && options_.search.refine_s == 0.0,
      ErrorCode::InvalidArgument,
      "a study sets --avg-bits itself, by --averages, and refines nothing; "
      "leave --avg-bits and --refine out");
  OMPQ_CHECK(
      options_.search.solver == SolverKind::Integer,
      ErrorCode::InvalidArgument,
      "a study compares exact plans; leave --solver out");
  OMPQ_CHECK(
      !options_.study.averages.empty(),
      ErrorCode::InvalidArgument,
      "--averages is empty; give budgets such as 2.5,3,4");
  static_cast<void>(to_preprocessing(options_.preprocess));
  check_exists(options_.model.model, "MODEL");
  check_exists(options_.calib, "--calib");
  check_exists(*options_.evaluation.data, "--eval");
  if (options_.evaluation.labels) {
    check_exists(*options_.evaluation.labels, "--eval-labels");
  }
  if (options_.output) {
    check_writable_place(*options_.output, "--output");
  }
  if (options_.markdown) {
    check_writable_place(*options_.markdown, "--markdown");
  }
}

}  // namespace

std::unique_ptr<Command> make_study_command() {
  return std::make_unique<StudyCommand>();
}

}  // namespace ompq
