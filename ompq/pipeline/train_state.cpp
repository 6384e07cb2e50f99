// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train_state.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/core/sha256.h"

namespace ompq {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// The line that says what follows it.
std::string header_of(const std::string& run, std::string_view body) {
  Sha256 hash;
  hash.add(run);
  hash.add(body);
  return hash.hexadecimal() + "\n";
}

std::string body_of(const TrainState& state) {
  const Json json = {
      {"history", to_json(state.history)},
      {"loss", state.sums.loss},
      {"hits", state.sums.hits},
      {"examples", state.sums.examples},
      {"has_labels", state.sums.has_labels}};
  return json.dump() + "\n" + state.trainer;
}

/// Text up to the end of the line at `begin`, which moves behind it.
std::string take_line(const std::string& bytes, std::size_t& begin) {
  const std::size_t end = bytes.find('\n', begin);
  OMPQ_CHECK(end != std::string::npos, ErrorCode::InvalidFile, "no line");
  std::string line = bytes.substr(begin, end - begin);
  begin = end + 1;
  return line;
}

TrainState parse(const std::string& bytes, std::size_t begin) {
  const Json json = Json::parse(take_line(bytes, begin));
  const JsonReader reader(json, "state", ErrorCode::InvalidFile);
  return {
      .trainer = bytes.substr(begin),
      .history = read_history(reader.at("history")),
      .sums = {
          .loss = reader.at("loss").as_number(),
          .hits = reader.at("hits").as_integer(0, kMost),
          .examples = reader.at("examples").as_integer(0, kMost),
          .has_labels = reader.at("has_labels").as_bool()}};
}

}  // namespace

PassScore EpochSums::score() const {
  const double count = examples > 0 ? static_cast<double>(examples) : 1.0;
  PassScore score{.loss = loss / count};
  if (has_labels) {
    score.accuracy = static_cast<double>(hits) / count;
  }
  return score;
}

void write_train_state(
    const std::filesystem::path& path,
    const std::string& run,
    const TrainState& state) {
  const std::string body = body_of(state);
  write_file_atomically(path, header_of(run, body) + body);
}

std::optional<TrainState> read_train_state(
    const std::filesystem::path& path, const std::string& run) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  try {
    std::size_t begin = 0;
    const std::string header = take_line(bytes, begin) + "\n";
    if (header != header_of(run, std::string_view(bytes).substr(begin))) {
      return std::nullopt;
    }
    return parse(bytes, begin);
  } catch (const Error&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace ompq
