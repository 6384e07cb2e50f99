// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/calibrate_activations.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/quantization/histogram.h"

namespace ompq {
namespace {

/// Width of a site; nullopt if its layers read float activations.
std::optional<int> site_bits(const ActivationSite& site, const BitPlan& plan) {
  if (site.layers.empty()) {
    const bool any = std::any_of(
        plan.layers.begin(), plan.layers.end(), [](const LayerBits& layer) {
          return layer.activation_bits.has_value();
        });
    return any ? std::optional(kOperandBits) : std::nullopt;
  }
  std::optional<int> bits;
  for (const LayerId layer : site.layers) {
    const std::optional<int>& wanted =
        plan.layers[layer.index()].activation_bits;
    if (wanted.has_value()) {
      bits = std::max(bits.value_or(0), *wanted);
    }
  }
  return bits ? std::optional(site.bits(*bits)) : std::nullopt;
}

/// Adds a tensor's numbers, in parts of fixed size by several threads.
void add_numbers(Histogram& histogram, const at::Tensor& tensor) {
  const at::Tensor dense =
      tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
  const float* const numbers = dense.data_ptr<float>();
  const auto threads = static_cast<std::int64_t>(at::get_num_threads());
  const std::int64_t part = (dense.numel() + threads - 1) / threads;
  std::vector<Histogram> parts(static_cast<std::size_t>(threads));
  at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = std::min(i * part, dense.numel());
      const std::int64_t count = std::min(part, dense.numel() - first);
      parts[static_cast<std::size_t>(i)].add(
          {numbers + first, static_cast<std::size_t>(count)});
    }
  });
  for (const Histogram& other : parts) {
    histogram.merge(other);
  }
}

void add_value(
    Histogram& histogram,
    const Graph& graph,
    const Value& value,
    const at::Tensor& tensor) {
  try {
    add_numbers(histogram, tensor);
  } catch (const Error& error) {
    const std::string producer =
        value.producer.has_value()
            ? "node '" + graph.node(*value.producer).name + "'"
            : std::string("the network's input");
    fail(
        ErrorCode::InvalidData,
        "[quantize] value '{}' of {}: {}; look for damaged calibration data or "
        "weights",
        value.name,
        producer,
        error.what());
  }
}

/// Histograms by site, of values that are graph inputs or computed.
class SiteHistograms {
 public:
  SiteHistograms(const Graph& graph, const std::vector<ActivationSite>& sites)
      : graph_(graph), histograms_(sites.size()) {
    for (std::size_t i = 0; i < sites.size(); ++i) {
      for (const ValueId value : sites[i].values) {
        site_of_.emplace(value, i);
        if (graph.value(value).producer.has_value()) {
          taps_.push_back(value);
        }
      }
    }
  }

  [[nodiscard]] const std::vector<ValueId>& taps() const { return taps_; }
  [[nodiscard]] const Histogram& of(std::size_t site) const {
    return histograms_[site];
  }

  void add(ValueId value, const at::Tensor& tensor) {
    const auto site = site_of_.find(value);
    if (site != site_of_.end()) {
      add_value(histograms_[site->second], graph_, graph_.value(value), tensor);
    }
  }

 private:
  const Graph& graph_;
  std::vector<Histogram> histograms_;
  std::unordered_map<ValueId, std::size_t> site_of_;
  std::vector<ValueId> taps_;
};

void run_network(
    const Graph& graph,
    SiteHistograms& histograms,
    const std::vector<Tensors>& calibration,
    Observer& observer) {
  const Network network(graph, {.taps = histograms.taps()});
  std::int64_t done = 0;
  for (const Tensors& inputs : calibration) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[quantize] interrupted during calibration");
    Tensors network_inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      histograms.add(graph.inputs()[i], inputs[i]);
      network_inputs.push_back(inputs[i]);
    }
    const Tap tap = [&](const TapEvent& event) {
      for (const at::Tensor& slice : event.slices) {
        histograms.add(histograms.taps()[event.tap], slice);
      }
      return false;
    };
    static_cast<void>(network.run({std::move(network_inputs)}, tap));
    observer.advance(++done);
  }
}

}  // namespace

std::vector<CalibratedActivation> calibrate_activations(
    const Graph& graph,
    const std::vector<ActivationSite>& sites,
    const BitPlan& plan,
    const std::vector<Tensors>& calibration,
    const ReconstructionOptions& options,
    Observer& observer) {
  SiteHistograms histograms(graph, sites);
  run_network(graph, histograms, calibration, observer);
  std::vector<CalibratedActivation> result;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const std::optional<int> bits = site_bits(sites[i], plan);
    if (!bits.has_value()) {
      continue;
    }
    const IntegerGrid grid{
        .bits = *bits, .is_signed = options.symmetric_activations};
    const AffineParameters parameters = search_scale(
        histograms.of(i),
        grid,
        {.rule = options.activation_scale,
         .is_symmetric = options.symmetric_activations});
    for (const ValueId value : sites[i].values) {
      result.push_back(
          {.activation =
               {.value = graph.value(value).name,
                .grid = grid,
                .parameters = parameters},
           .site = i});
    }
  }
  return result;
}

}  // namespace ompq
