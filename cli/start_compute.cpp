// SPDX-License-Identifier: MIT
// The commands that need tensors, in the program that has none: each becomes
// the program that has them.
#include "cli/command_demo.h"
#include "cli/command_eval.h"
#include "cli/command_quantize.h"
#include "cli/command_search.h"
#include "cli/command_study.h"
#include "cli/command_sweep.h"
#include "cli/command_train.h"
#include "cli/hand_over.h"

namespace ompq {

void run_demo(const DemoOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_eval(const EvalOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_quantize(
    const QuantizeCommandOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_search(
    const SearchCommandOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_study(
    const StudyCommandOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_sweep(
    const SweepCommandOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

void run_train(
    const TrainCommandOptions& /*options*/, const Invocation& invocation) {
  hand_over(invocation.words);
}

}  // namespace ompq
