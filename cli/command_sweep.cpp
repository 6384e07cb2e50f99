// SPDX-License-Identifier: MIT
#include "cli/command_sweep.h"

#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/resolve_plan.h"
#include "ompq/pipeline/sweep.h"
#include "ompq/plan/plan_file.h"

#include "cli/console.h"
#include "cli/existing_path.h"
#include "cli/front_text.h"

namespace ompq {
namespace {

class SweepCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "sweep"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Find the best plan of every budget in a range";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Measures once. Other budgets, such as --size beside --averages,\n"
           "hold at every point.\n"
           "\n"
           "Examples:\n"
           "  ompq sweep net.onnx --calib photos/ --sizes 0.9MiB:2MiB:12\n"
           "  ompq sweep net.onnx --reuse plan.json --pick size=1.2MiB\n"
           "      --plan small.json";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override;
  void run(const Invocation& invocation) override;

 private:
  SweepCommandOptions options_;
};

void SweepCommand::check() const {
  check_measurement(
      options_.measurement, needs_images(options_.search.score), name());
  OMPQ_CHECK(
      options_.search.refine_s == 0.0,
      ErrorCode::InvalidArgument,
      "--refine is for one plan: take a point of the front with --plan, and "
      "its budget with 'ompq search --refine'");
  check_exists(options_.model.model, "MODEL");
  if (options_.output) {
    check_writable_place(*options_.output, "--output");
  }
  if (options_.plan) {
    check_writable_place(*options_.plan, "--plan");
  }
}

void SweepCommand::run(const Invocation& invocation) {
  if (options_.measurement.calib) {
    run_sweep(options_, invocation);
    return;
  }
  options_.search.seed = options_.run.seed;
  const PreparedModel model = open_model(options_.model);
  check_sweep_options(model, options_.search, options_.sweep);
  const Plan measured =
      options_.measurement.reuse
          ? read_plan(*options_.measurement.reuse)
          : plan_without_images(
                model,
                limited_to(
                    options_.search,
                    swept_budgets(model, options_.search, options_.sweep)
                        .back()));
  deliver_front(model, measured, options_, invocation);
}

}  // namespace

void deliver_front(
    const PreparedModel& model,
    const Plan& measured,
    const SweepCommandOptions& options,
    const Invocation& invocation) {
  SearchOptions search = options.search;
  search.seed = options.run.seed;
  const Front front = sweep(model, measured, search, options.sweep);
  const std::size_t picked = pick_point(front, options.sweep.pick);
  const Json json = to_json(front, picked);
  // The files first: what is shown then exists.
  if (options.output) {
    write_json(*options.output, json);
  }
  if (options.plan) {
    write_plan(*options.plan, front.plans[picked]);
  }
  invocation.console.print(
      invocation.is_json
          ? json.dump(2) + "\n"
          : to_text(front, picked, invocation.console.output().width));
}

std::unique_ptr<Command> make_sweep_command() {
  return std::make_unique<SweepCommand>();
}

}  // namespace ompq
