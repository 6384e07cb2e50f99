// SPDX-License-Identifier: MIT
#include "cli/command_demo.h"

#include "cli/existing_path.h"

namespace ompq {
namespace {

class DemoCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "demo"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Go the whole way on the bundled example";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Looks into a small network, finds widths for its layers, "
           "quantizes\n"
           "and verifies it, and shows all of it as a page. The pictures are\n"
           "drawn from a seed; nothing is downloaded.";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override {
    check_folder_place(options_.output, "--output");
  }
  void run(const Invocation& invocation) override {
    run_demo(options_, invocation);
  }

 private:
  DemoOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_demo_command() {
  return std::make_unique<DemoCommand>();
}

}  // namespace ompq
