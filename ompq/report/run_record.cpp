// SPDX-License-Identifier: MIT
#include "ompq/report/run_record.h"

#include "ompq/report/training_history.h"

namespace ompq {
namespace {

std::string text_of(const Json& json) {
  if (json.is_string()) {
    return json.get<std::string>();
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RecordedAccuracy read_accuracy(const JsonReader& json) {
  RecordedAccuracy accuracy{
      .top1 = json.at("top1").as_number(),
      .images = read_count(json.at("images"))};
  if (json.has("top5")) {
    accuracy.top5 = json.at("top5").as_number();
  }
  return accuracy;
}

std::pair<double, double> read_point(const JsonReader& json) {
  return {json.at(std::size_t{0}).as_number(), json.at(1).as_number()};
}

RecordedUnit read_unit(const JsonReader& json) {
  RecordedUnit unit{
      .name = json.at("name").as_string(),
      .sqnr_before_db = json.at("sqnr_before_db").as_number(),
      .sqnr_after_db = json.at("sqnr_after_db").as_number(),
      .iterations = read_count(json.at("iterations")),
      .seconds = json.at("seconds").as_number()};
  if (json.has("losses")) {
    unit.losses = read_list(json.at("losses"), read_point);
  }
  return unit;
}

std::optional<double> read_number(
    const JsonReader& json, const std::string& key) {
  return json.has(key) ? std::optional(json.at(key).as_number()) : std::nullopt;
}

int read_bits(const JsonReader& json) {
  return static_cast<int>(json.as_integer(kMinPlanBits, kMaxPlanBits));
}

RecordedLayer read_layer(const JsonReader& json) {
  RecordedLayer layer{
      .name = json.at("name").as_string(),
      .kind = json.at("kind").as_string(),
      .weights = read_count(json.at("weights")),
      .bits = {.weight_bits = read_bits(json.at("weight_bits"))},
      .sqnr_before_db = read_number(json, "sqnr_before_db"),
      .sqnr_after_db = read_number(json, "sqnr_db")};
  if (json.has("activation_bits")) {
    layer.bits.activation_bits = read_bits(json.at("activation_bits"));
  }
  return layer;
}

std::vector<std::pair<std::string, double>> read_seconds(
    const JsonReader& json) {
  std::vector<std::pair<std::string, double>> seconds;
  for (const auto& item : json.json().items()) {
    seconds.emplace_back(item.key(), json.at(item.key()).as_number());
  }
  return seconds;
}

void check_format(
    const Json& json, const std::string& where, Notices& notices) {
  const auto format = json.find("format");
  if (format == json.end() || !format->is_number_integer()) {
    notices.push_back(fmt::format(
        "{}: the format is missing; what can be read is shown", where));
  } else if (*format > kKnownRecordFormat) {
    notices.push_back(fmt::format(
        "{}: format {} is newer than this ompq, which knows {}; what it knows "
        "is shown",
        where,
        text_of(*format),
        kKnownRecordFormat));
  } else if (*format < kKnownRecordFormat) {
    notices.push_back(fmt::format(
        "{}: format {} is of an older ompq: it holds no command line, no "
        "losses and no SQNR of layers before reconstruction",
        where,
        text_of(*format)));
  }
}

void read_facts(SectionReader& sections, RunRecord& record) {
  sections.section("model", [&](const JsonReader& json) {
    record.model_file = json.at("file").as_string();
    record.model_hash = json.at("hash").as_string();
  });
  sections.section("command", [&](const JsonReader& json) {
    record.command = read_list(
        json, [](const JsonReader& word) { return word.as_string(); });
  });
  sections.section(
      "date", [&](const JsonReader& json) { record.date = json.as_string(); });
  for (const auto& [key, target] :
       {std::pair{"versions", &record.versions},
        std::pair{"machine", &record.machine},
        std::pair{"settings", &record.settings}}) {
    sections.section(key, [&](const JsonReader& json) {
      *target = named_texts(json.json());
    });
  }
  sections.section("seed", [&](const JsonReader& json) {
    record.seed = static_cast<std::uint64_t>(read_count(json));
  });
  sections.section("threads", [&](const JsonReader& json) {
    record.threads = read_count(json);
  });
  sections.section("calibration", [&](const JsonReader& json) {
    record.calibration_examples = read_count(json.at("examples"));
  });
  sections.section("peak_memory_bytes", [&](const JsonReader& json) {
    record.peak_memory_bytes = read_count(json);
  });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> named_texts(const Json& json) {
  std::vector<std::pair<std::string, std::string>> texts;
  if (json.is_object()) {
    for (const auto& item : json.items()) {
      texts.emplace_back(item.key(), text_of(item.value()));
    }
  }
  return texts;
}

RunRecord read_run_record(
    const Json& json, const std::string& where, Notices& notices) {
  RunRecord record;
  check_format(json, where, notices);
  SectionReader sections(json, where, notices);
  read_facts(sections, record);
  sections.section("float", [&](const JsonReader& field) {
    record.float_accuracy = read_accuracy(field);
  });
  sections.section("quantized", [&](const JsonReader& field) {
    record.quantized_accuracy = read_accuracy(field);
  });
  sections.section("totals", [&](const JsonReader& field) {
    record.average_bits = field.at("average_bits").as_number();
    record.payload_bytes = read_count(field.at("payload_bytes"));
    record.file_bytes = read_count(field.at("file_bytes"));
  });
  sections.section("export", [&](const JsonReader& field) {
    record.profile = field.at("profile").as_string();
  });
  sections.section("units", [&](const JsonReader& field) {
    record.units = read_list(field, read_unit);
  });
  sections.section("layers", [&](const JsonReader& field) {
    record.layers = read_list(field, read_layer);
  });
  sections.section("training", [&](const JsonReader& field) {
    if (is_training_history(field.json())) {
      record.training =
          read_training_history(field.json(), where + ": training", notices);
    }
  });
  sections.section("seconds", [&](const JsonReader& field) {
    record.seconds = read_seconds(field);
  });
  return record;
}

}  // namespace ompq
