// SPDX-License-Identifier: MIT
#include "ompq/pipeline/widths_json.h"

namespace ompq {

Json widths_json(const Plan& plan) {
  Json json = Json::object();
  for (const PlanLayer& layer : plan.layers) {
    json[layer.name] = fmt::format(
        "weights {}, activation {}",
        layer.bits.weight_bits,
        layer.bits.activation_bits ? fmt::to_string(*layer.bits.activation_bits)
                                   : "float");
  }
  return json;
}

}  // namespace ompq
