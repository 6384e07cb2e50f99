// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>

namespace ompq::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Budget rows keep integer coefficients up to here; larger ones are scaled.
constexpr double kLargestCoefficient = 1e6;

/// Variable of each choice of each class.
using Variables = std::vector<std::vector<std::size_t>>;

void add(LinearRow& row, std::size_t variable, double coefficient) {
  row.variables.push_back(variable);
  row.coefficients.push_back(coefficient);
}

Variables number_variables(const ChoiceProgram& program) {
  Variables variables;
  std::size_t next = 0;
  for (const std::vector<Choice>& choices : program.classes) {
    variables.emplace_back(choices.size());
    std::iota(variables.back().begin(), variables.back().end(), next);
    next += choices.size();
  }
  return variables;
}

std::int64_t least_cost(const std::vector<Choice>& choices, std::size_t k) {
  std::int64_t least = choices.front().costs[k];
  for (const Choice& choice : choices) {
    least = std::min(least, choice.costs[k]);
  }
  return least;
}

void add_budget(
    const ChoiceProgram& program,
    const Variables& variables,
    std::size_t k,
    ChoiceRows& rows) {
  LinearRow row{.lower = -kInfinity};
  std::int64_t left = program.limits[k];
  std::int64_t divisor = 0;
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::int64_t least = least_cost(program.classes[i], k);
    left -= least;
    for (std::size_t o = 0; o < variables[i].size(); ++o) {
      const std::int64_t cost = program.classes[i][o].costs[k] - least;
      divisor = std::gcd(divisor, cost);
      largest = std::max(largest, cost);
      if (cost > 0) {
        add(row, variables[i][o], static_cast<double>(cost));
      }
    }
  }
  divisor = std::max<std::int64_t>(1, divisor);
  const double scale = std::max(
      1.0, static_cast<double>(largest / divisor) / kLargestCoefficient);
  const double unit = scale * static_cast<double>(divisor);
  for (double& coefficient : row.coefficients) {
    coefficient /= unit;
  }
  // Floor of an integer division that also holds below zero.
  const std::int64_t whole =
      left >= 0 ? left / divisor : -((-left + divisor - 1) / divisor);
  row.upper = static_cast<double>(whole) / scale;
  rows.linear.rows.push_back(std::move(row));
  rows.budget_units.push_back(unit);
}

void add_classes(
    const ChoiceProgram& program,
    const Variables& variables,
    LinearProgram& linear) {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    LinearRow one{.lower = 1.0, .upper = 1.0};
    for (std::size_t o = 0; o < variables[i].size(); ++o) {
      const std::vector<Choice>& choices = program.classes[i];
      linear.objective.push_back(choices[o].value - choices.front().value);
      add(one, variables[i][o], 1.0);
    }
    linear.rows.push_back(std::move(one));
  }
  linear.lower.assign(linear.objective.size(), 0.0);
  linear.upper.assign(linear.objective.size(), 1.0);
}

/// For each label, as many in a tied class as in the one before it.
void add_ties(
    const ChoiceProgram& program,
    const Variables& variables,
    std::size_t kind,
    LinearProgram& linear) {
  std::map<int, std::size_t> last_of_group;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (!program.is_tied(kind, i)) {
      continue;
    }
    const int group = program.tie_groups[kind][i];
    std::map<int, LinearRow> rows;
    for (std::size_t o = 0; o < variables[i].size(); ++o) {
      const int label = program.classes[i][o].labels[kind];
      add(rows[label], variables[i][o], 1.0);
    }
    if (const auto last = last_of_group.find(group);
        last != last_of_group.end()) {
      const std::size_t other = last->second;
      for (std::size_t o = 0; o < variables[other].size(); ++o) {
        const int label = program.classes[other][o].labels[kind];
        add(rows[label], variables[other][o], -1.0);
      }
      for (auto& [label, row] : rows) {
        linear.rows.push_back(std::move(row));
      }
    }
    last_of_group[group] = i;
  }
}

}  // namespace

ChoiceRows to_rows(const ChoiceProgram& program) {
  const Variables variables = number_variables(program);
  ChoiceRows rows;
  for (std::size_t k = 0; k < program.budgets(); ++k) {
    add_budget(program, variables, k, rows);
  }
  add_classes(program, variables, rows.linear);
  for (std::size_t kind = 0; kind < program.tie_groups.size(); ++kind) {
    add_ties(program, variables, kind, rows.linear);
  }
  return rows;
}

}  // namespace ompq::detail
