// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/quantization/quantized_model.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

inline bool is_same(const QuantizedWeight& a, const QuantizedWeight& b) {
  return a.grid == b.grid && a.codes == b.codes && a.shape == b.shape &&
         a.axis == b.axis && a.group_size == b.group_size &&
         a.group_axis == b.group_axis && a.scales == b.scales &&
         a.zero_points == b.zero_points;
}

/// True if both units are the same in every field.
inline bool is_same(const UnitResult& a, const UnitResult& b) {
  bool same = a.layers.size() == b.layers.size() &&
              a.activations.size() == b.activations.size() &&
              a.layer_reports.size() == b.layer_reports.size() &&
              a.report.name == b.report.name &&
              a.report.layers == b.report.layers &&
              a.report.sqnr_before_db == b.report.sqnr_before_db &&
              a.report.sqnr_after_db == b.report.sqnr_after_db &&
              a.report.iterations == b.report.iterations &&
              a.report.seconds == b.report.seconds &&
              a.report.losses.size() == b.report.losses.size();
  for (std::size_t i = 0; same && i < a.layers.size(); ++i) {
    same = a.layers[i].name == b.layers[i].name &&
           a.layers[i].bias == b.layers[i].bias &&
           is_same(a.layers[i].weight, b.layers[i].weight);
  }
  for (std::size_t i = 0; same && i < a.activations.size(); ++i) {
    same = a.activations[i].value == b.activations[i].value &&
           a.activations[i].grid == b.activations[i].grid &&
           a.activations[i].parameters == b.activations[i].parameters;
  }
  for (std::size_t i = 0; same && i < a.layer_reports.size(); ++i) {
    same = a.layer_reports[i].name == b.layer_reports[i].name &&
           a.layer_reports[i].sqnr_before_db ==
               b.layer_reports[i].sqnr_before_db &&
           a.layer_reports[i].sqnr_db == b.layer_reports[i].sqnr_db;
  }
  for (std::size_t i = 0; same && i < a.report.losses.size(); ++i) {
    same = a.report.losses[i].step == b.report.losses[i].step &&
           a.report.losses[i].loss == b.report.losses[i].loss;
  }
  return same;
}

/// A result with something in every field; `number` makes it different.
inline UnitResult some_unit(int number) {
  UnitResult unit;
  QuantizedLayer& conv = unit.layers.emplace_back();
  conv.name = std::string("conv_") + static_cast<char>('0' + number);
  conv.weight.grid = {.bits = 3, .is_signed = true};
  conv.weight.codes = {-4, -1, 0, 1, 3, 2};
  conv.weight.shape = {2, 3};
  conv.weight.group_size = 2;
  conv.weight.group_axis = 1;
  conv.weight.scales = {0.5F, 0.25F, 1.5F, 2.5F};
  conv.weight.zero_points = {0, 1, -1, 2};
  conv.bias = {1.25F, -2.5F};
  QuantizedLayer& wide = unit.layers.emplace_back();
  wide.name = "wide";
  wide.weight.grid = {.bits = 16, .is_signed = false};
  wide.weight.codes = {0, 65535};
  wide.weight.shape = {1, 2};
  wide.weight.scales = {0.1F};
  wide.weight.zero_points = {7};
  unit.activations.push_back(
      {.value = "value",
       .grid = {.bits = 8},
       .parameters = {.scale = 0.1F, .zero_point = 3}});
  unit.report = {
      .name = "block",
      .layers = 2,
      .sqnr_before_db = 3.5,
      .sqnr_after_db = 21.25 + number,
      .iterations = 100,
      .seconds = 0.75,
      .losses = {{.step = 2, .loss = 0.5}, {.step = 4, .loss = 0.25}}};
  unit.layer_reports = {{"conv", 9.5, 17.5}, {"wide", -4.0, -3.0}};
  return unit;
}

}  // namespace ompq
