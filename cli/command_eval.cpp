// SPDX-License-Identifier: MIT
#include "cli/command_eval.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

class EvalCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "eval"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Measure top-1 and top-5 accuracy on labelled images";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Example:\n"
           "  ompq eval net.onnx --data photos/ --preprocess imagenet\n"
           "\n"
           "MODEL may also be a folder that 'ompq quantize' wrote; its\n"
           "preprocessing then holds for every option that is not given.";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override {
    static_cast<void>(to_preprocessing(options_.preprocess));
    check_exists(options_.model.model, "MODEL");
    check_exists(options_.data, "--data");
    if (options_.selection.labels) {
      check_exists(*options_.selection.labels, "--labels");
    }
  }
  void run(const Invocation& invocation) override {
    run_eval(options_, invocation);
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_command() {
  return std::make_unique<EvalCommand>();
}

}  // namespace ompq
