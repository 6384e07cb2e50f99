// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/json_file.h"

namespace ompq {

inline const std::string kSomeHash(64, 'a');

/// A plan of three layers as it stands in plan.json.
inline Json some_plan(const std::string& hash = kSomeHash) {
  Json plan = {
      {"format", "ompq-plan"},
      {"version", 1},
      {"model", {{"file", "net.onnx"}, {"hash", hash}}},
      {"seed", 7U},
      {"settings", {{"score", "ompq"}}}};
  for (const std::string name : {"first", "second", "third"}) {
    plan["layers"].push_back(
        {{"name", name},
         {"kind", "Conv"},
         {"weights", 1000},
         {"output_channels", 10},
         {"macs", 5000},
         {"weight_bits", 4},
         {"activation_bits", 8},
         {"gamma", 0.5},
         {"error_per_width", {{"4", 0.25}, {"8", 0.125}}}});
    plan["orm"].push_back({1.0, 0.5, 0.25});
  }
  plan["orm"][1] = {0.5, 1.0, 0.125};
  plan["orm"][2] = {0.25, 0.125, 1.0};
  return plan;
}

/// A record of the same network as it stands in record.json.
inline Json some_record() {
  Json record = {
      {"format", 2},
      {"versions", {{"ompq", "0.1.0"}}},
      {"command", {"ompq", "quantize", "net.onnx"}},
      {"machine", {{"cores", 2}}},
      {"date", "2026-01-31T12:00:00Z"},
      {"model", {{"file", "net.onnx"}, {"hash", kSomeHash}}},
      {"seed", 7U},
      {"threads", 2},
      {"float", {{"top1", 0.75}, {"top5", 0.9}, {"images", 100}}},
      {"quantized", {{"top1", 0.5}, {"images", 100}}},
      {"totals",
       {{"average_bits", 4.0}, {"payload_bytes", 1500}, {"file_bytes", 4321}}},
      {"export", {{"profile", "packed"}}},
      {"settings", {{"effort", "fast"}}},
      {"seconds", {{"decode", 0.5}, {"reconstruct", 2.0}}},
      {"peak_memory_bytes", 1000000}};
  record["units"].push_back(
      {{"name", "first"},
       {"sqnr_before_db", 10.0},
       {"sqnr_after_db", 12.0},
       {"iterations", 4},
       {"seconds", 1.0},
       {"losses", {{2, 0.5}, {4, 0.25}}}});
  for (const std::string name : {"first", "second", "third"}) {
    record["layers"].push_back(
        {{"name", name},
         {"kind", "Conv"},
         {"weights", 1000},
         {"weight_bits", 4},
         {"activation_bits", 8},
         {"sqnr_before_db", 10.0},
         {"sqnr_db", 20.0}});
  }
  return record;
}

/// A trade-off curve of the same network as it stands in front.json.
inline Json some_front() {
  Json front = {
      {"version", 1},
      {"model", "net.onnx"},
      {"model_hash", kSomeHash},
      {"budget", "average_bits"},
      {"picked", 1},
      {"layers", {"first", "second", "third"}}};
  for (const int bits : {2, 4}) {
    front["points"].push_back(
        {{"limit", bits},
         {"file_bytes", 1000 * bits},
         {"payload_bytes", 900 * bits},
         {"average_bits", bits},
         {"objective", -1.0 / bits},
         {"gap", 0.0},
         {"predicted_loss", 1.0 / bits},
         {"weight_bits", {bits, bits, bits}}});
  }
  return front;
}

/// A training of two epochs as it stands in history.json.
inline Json some_history() {
  Json history = {{"epochs", Json::array()}, {"steps", Json::array()}};
  for (const int epoch : {1, 2}) {
    history["epochs"].push_back(
        {{"epoch", epoch},
         {"training", {{"loss", 1.0 / epoch}, {"accuracy", nullptr}}},
         {"validation", {{"accuracy", 0.25 * epoch}}}});
  }
  return history;
}

/// A comparison of scores on the same network as it stands in study.json.
inline Json some_study() {
  Json study = {
      {"version", 1},
      {"model", "net.onnx"},
      {"model_hash", kSomeHash},
      {"float_top1", 0.75},
      {"evaluation_images", 100},
      {"calibration_images", 64}};
  study["budgets"].push_back(
      {{"average_bits", 4.0}, {"random_top1", {0.25, 0.5}}});
  study["scores"].push_back(
      {{"name", "fisher"},
       {"budgets",
        Json::array(
            {{{"top1", 0.625},
              {"divergence", 0.1},
              {"correlation",
               {{"spearman", 0.8},
                {"spearman_low", 0.5},
                {"spearman_high", 0.9}}}}})}});
  return study;
}

}  // namespace ompq
