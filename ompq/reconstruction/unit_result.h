// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The loss of an optimisation around one step.
struct LossPoint {
  /// Counted from 1.
  int step = 0;
  /// Mean squared error of the unit's outputs over their variance, with the
  /// weights of channels; lower is better.
  double loss = 0.0;
};

/// What happened to one unit.
struct UnitReport {
  /// Unit::name.
  std::string name;
  std::size_t layers = 0;
  /// Signal to quantization noise at the unit's outputs, in dB: 10 log10 of
  /// the float outputs' variance over the mean squared error of the quantized
  /// network's, inputs quantized as well; before and after reconstruction.
  double sqnr_before_db = 0.0;
  double sqnr_after_db = 0.0;
  /// Gradient steps taken.
  int iterations = 0;
  /// Wall time in seconds.
  double seconds = 0.0;
  /// How the loss went; empty without gradient steps.
  std::vector<LossPoint> losses;
};

/// Signal to quantization noise at the output of one layer, in dB, as in
/// UnitReport.
struct LayerReport {
  std::string name;
  /// Rounded to the nearest, behind the units before as they are in the end.
  double sqnr_before_db = 0.0;
  double sqnr_db = 0.0;
};

/// What quantization decided about one unit. Enough to go on after it.
struct UnitResult {
  std::vector<QuantizedLayer> layers;
  std::vector<QuantizedActivation> activations;
  UnitReport report;
  std::vector<LayerReport> layer_reports;
};

/// Keeps finished units, so that a run that was killed can go on.
class UnitStore {
 public:
  virtual ~UnitStore() = default;

  /// The result of unit `index`, if it was saved before.
  ///
  /// @throws Error{InvalidFile}  it was saved but cannot be read
  [[nodiscard]] virtual std::optional<UnitResult> load(std::size_t index) = 0;

  /// Keeps a result; it is safe when this returns.
  ///
  /// @throws Error{OutputFailed}  disk full or not writable
  virtual void save(std::size_t index, const UnitResult& result) = 0;
};

/// Keeps nothing.
class NoUnitStore : public UnitStore {
 public:
  [[nodiscard]] std::optional<UnitResult> load(std::size_t) override {
    return std::nullopt;
  }
  void save(std::size_t, const UnitResult&) override {}
};

}  // namespace ompq
