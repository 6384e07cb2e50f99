// SPDX-License-Identifier: MIT
#include "cli/evaluation_text.h"

#include <fmt/format.h>

namespace ompq {

Json to_json(const Evaluation& evaluation) {
  Json json = Json::object();
  json["images"] = evaluation.images;
  json["skipped"] = evaluation.skipped;
  json["top1"] = evaluation.top1;
  json["top5"] = evaluation.top5;
  json["top1_hits"] = evaluation.top1_hits;
  json["top5_hits"] = evaluation.top5_hits;
  json["seconds"] = evaluation.seconds;
  return json;
}

std::string to_text(const Evaluation& evaluation) {
  const double rate =
      static_cast<double>(evaluation.images) / evaluation.seconds;
  std::string text = fmt::format(
      "top-1 {:.2f} % ({} of {}), top-5 {:.2f} % ({}); {:.1f} s, {:.0f} "
      "images/s\n",
      100.0 * evaluation.top1,
      evaluation.top1_hits,
      evaluation.images,
      100.0 * evaluation.top5,
      evaluation.top5_hits,
      evaluation.seconds,
      rate);
  if (evaluation.skipped > 0) {
    text += fmt::format("{} images left out\n", evaluation.skipped);
  }
  return text;
}

}  // namespace ompq
