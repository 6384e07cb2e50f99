// SPDX-License-Identifier: MIT
#include "ompq/pipeline/study_settings.h"

#include <algorithm>
#include <utility>

namespace ompq {
namespace {

/// The paper's score with one field changed.
template <typename T>
StudySetting changed(
    const char* option,
    const std::string& text,
    T SearchOptions::*field,
    T setting,
    std::int64_t samples) {
  return {
      .name = std::string(option) + " " + text,
      .samples = samples,
      .apply = [field, setting](SearchOptions& options) {
        options.score = Score::Ompq;
        options.*field = setting;
      }};
}

/// One setting for each name of an enum.
template <typename E>
void add_each(
    std::vector<StudySetting>& settings,
    const char* option,
    E SearchOptions::*field,
    std::int64_t samples) {
  for (const auto& [name, each] : EnumNames<E>::kNames) {
    settings.push_back(
        changed(option, std::string(name), field, each, samples));
  }
}

}  // namespace

std::vector<StudySetting> score_settings(std::int64_t samples) {
  std::vector<StudySetting> settings;
  for (const auto& [name, score] : EnumNames<Score>::kNames) {
    if (score == Score::Auto) {
      continue;
    }
    settings.push_back(
        {.name = std::string(name),
         .samples = samples,
         .apply = [score = score](SearchOptions& options) {
           options.score = score;
         }});
  }
  return settings;
}

std::vector<StudySetting> ablation_settings(std::int64_t samples) {
  std::vector<StudySetting> settings;
  add_each(settings, "decreasing", &SearchOptions::decreasing, samples);
  for (const double beta : {1e-9, 1e-3, 1e-2, 0.1, 1.0, 10.0}) {
    settings.push_back(changed(
        "beta",
        fmt::format("{:g}", beta),
        &SearchOptions::beta,
        beta,
        samples));
  }
  add_each(settings, "granularity", &SearchOptions::granularity, samples);
  add_each(settings, "orm", &SearchOptions::orm, samples);
  add_each(settings, "features", &SearchOptions::features, samples);
  for (std::int64_t count = 8; count < 2 * samples; count *= 2) {
    const std::int64_t used = std::min(count, samples);
    settings.push_back(changed(
        "samples",
        fmt::format("{}", used),
        &SearchOptions::score,
        Score::Ompq,
        used));
  }
  return settings;
}

std::string measurement_key(
    const SearchOptions& options, std::int64_t samples) {
  const auto error = error_of(options.score);
  std::string key = fmt::format(
      "{} {}", samples, error ? enum_name(*error) : std::string_view{"-"});
  if (needs_orthogonality(options.score)) {
    key += fmt::format(
        " {} {}", enum_name(options.orm), enum_name(options.features));
  }
  return key;
}

}  // namespace ompq
