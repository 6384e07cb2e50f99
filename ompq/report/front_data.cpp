// SPDX-License-Identifier: MIT
#include "ompq/report/front_data.h"

#include "ompq/plan/bit_plan.h"
#include "ompq/report/section_reader.h"

namespace ompq {
namespace {

constexpr int kNewestFront = 1;

FrontPoint read_front_point(const JsonReader& json, std::size_t layers) {
  FrontPoint point{
      .limit = json.at("limit").as_number(),
      .file_bytes = read_count(json.at("file_bytes")),
      .payload_bytes = read_count(json.at("payload_bytes")),
      .average_bits = json.at("average_bits").as_number(),
      .objective = json.at("objective").as_number(),
      .gap = json.at("gap").as_number()};
  if (json.has("predicted_loss")) {
    point.predicted_loss = json.at("predicted_loss").as_number();
  }
  const JsonReader bits = json.at("weight_bits");
  point.weight_bits = read_list(bits, [](const JsonReader& each) {
    return static_cast<int>(each.as_integer(kMinPlanBits, kMaxPlanBits));
  });
  if (point.weight_bits.size() != layers) {
    bits.fail_field(fmt::format(
        "expected {} widths, one for each layer, got {}",
        layers,
        point.weight_bits.size()));
  }
  return point;
}

}  // namespace

FrontData read_front(const Json& document, const std::string& where) {
  const JsonReader json(document, where, ErrorCode::InvalidFile);
  static_cast<void>(json.at("version").as_integer(1, kNewestFront));
  FrontData front{
      .model_file = json.at("model").as_string(),
      .model_hash = json.at("model_hash").as_string(),
      .budget = json.at("budget").as_string(),
      .layers = read_list(json.at("layers"), [](const JsonReader& name) {
        return name.as_string();
      })};
  front.points = read_list(json.at("points"), [&](const JsonReader& point) {
    return read_front_point(point, front.layers.size());
  });
  if (front.points.empty()) {
    json.at("points").fail_field("expected at least one point, got none");
  }
  front.picked = static_cast<std::size_t>(json.at("picked").as_integer(
      0, static_cast<std::int64_t>(front.points.size()) - 1));
  return front;
}

}  // namespace ompq
