// SPDX-License-Identifier: MIT
#include "cli/command_search.h"

#include <fmt/format.h>

#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/plan_range.h"
#include "ompq/pipeline/resolve_plan.h"
#include "ompq/plan/plan_file.h"
#include "ompq/plan/plan_json.h"

#include "cli/console.h"
#include "cli/existing_path.h"
#include "cli/plan_text.h"

namespace ompq {
namespace {

void print_range(
    const SearchCommandOptions& options, const Invocation& invocation) {
  const PlanRange range = plan_range(open_model(options.model), options.search);
  invocation.console.print(
      invocation.is_json ? to_json(range).dump(2) + "\n"
                         : to_text(range, invocation.console.output().width));
}

class SearchCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "search"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Choose the bit width of every layer for a budget";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Budgets combine; a single width such as --bits 4 needs none.\n"
           "\n"
           "Examples:\n"
           "  ompq search net.onnx --calib photos/ --size 1.5MiB -o plan.json\n"
           "  ompq search net.onnx --reuse plan.json --avg-bits 3\n"
           "  ompq search net.onnx --calib photos/ --total-memory 512KiB\n"
           "      --act-bits 4-8";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override;
  void run(const Invocation& invocation) override;

 private:
  SearchCommandOptions options_;
};

void SearchCommand::check() const {
  const BudgetOptions& budget = options_.search.budget;
  OMPQ_CHECK(
      budget.has_budget() || budget.bits.widths.size() == 1 || options_.dry_run,
      ErrorCode::InvalidArgument,
      "nothing limits the plan: give --size, --payload, --avg-bits, "
      "--bit-ops, --total-memory or --latency, or a single width such as "
      "--bits 4");
  OMPQ_CHECK(
      !options_.measurement.reuse || options_.search.refine_s == 0.0,
      ErrorCode::InvalidArgument,
      "--refine measures the network; give --calib instead of --reuse");
  check_measurement(
      options_.measurement,
      !options_.dry_run && (needs_images(options_.search.score) ||
                            options_.search.refine_s > 0.0),
      name());
  check_exists(options_.model.model, "MODEL");
  if (options_.output) {
    check_writable_place(*options_.output, "--output");
  }
}

void SearchCommand::run(const Invocation& invocation) {
  SearchOptions search = options_.search;
  search.seed = options_.run.seed;
  if (options_.dry_run) {
    print_range(options_, invocation);
  } else if (options_.measurement.reuse) {
    deliver_plan(
        resolve_plan(
            open_model(options_.model),
            read_plan(*options_.measurement.reuse),
            search),
        options_,
        invocation);
  } else if (!options_.measurement.calib) {
    deliver_plan(
        plan_without_images(open_model(options_.model), search),
        options_,
        invocation);
  } else {
    run_search(options_, invocation);
  }
}

}  // namespace

void deliver_plan(
    const Plan& plan,
    const SearchCommandOptions& options,
    const Invocation& invocation) {
  // The file first: what is shown then exists.
  if (options.output) {
    write_plan(*options.output, plan);
  }
  invocation.console.print(
      invocation.is_json ? plan_to_text(plan)
                         : to_text(plan, invocation.console.output().width));
}

std::unique_ptr<Command> make_search_command() {
  return std::make_unique<SearchCommand>();
}

}  // namespace ompq
