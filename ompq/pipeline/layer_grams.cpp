// SPDX-License-Identifier: MIT
#include "ompq/pipeline/layer_grams.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"

namespace ompq {
namespace {

/// The distinct feature values, and for each layer its position among them.
struct FeatureTaps {
  std::vector<ValueId> values;
  std::vector<std::size_t> tap_of_layer;
  /// A layer that uses the tap, for messages.
  std::vector<std::string> layer_of_tap;
};

FeatureTaps make_taps(const PreparedModel& model, FeatureKind kind) {
  const LayerTable& layers = model.layers.layers;
  FeatureTaps taps;
  const auto values = feature_values(model.graph, layers, kind);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found =
        std::find(taps.values.begin(), taps.values.end(), values[i]);
    taps.tap_of_layer.push_back(
        static_cast<std::size_t>(found - taps.values.begin()));
    if (found == taps.values.end()) {
      taps.values.push_back(values[i]);
      taps.layer_of_tap.push_back(layers[i].name);
    }
  }
  return taps;
}

/// True if the values of each sample are contiguous and in the same order in
/// every slice, so that the memory can be read as it is.
bool share_dense_layout(std::span<const at::Tensor> slices) {
  const at::Tensor& first = slices.front();
  return std::all_of(
      slices.begin(), slices.end(), [&](const at::Tensor& slice) {
        return slice.is_non_overlapping_and_dense() &&
               slice.stride(0) * slice.size(0) == slice.numel() &&
               slice.strides().slice(1) == first.strides().slice(1);
      });
}

/// The rows of the feature matrix F [N, d]; keeps copies alive where the
/// tensors cannot be read in place.
struct FeatureRows {
  std::vector<float*> rows;
  std::int64_t length = 0;
  Tensors copies;
};

FeatureRows feature_rows_of(
    std::span<const at::Tensor> slices,
    std::span<const std::int64_t> samples_per_slice,
    const std::string& layer) {
  FeatureRows result;
  const bool in_place = slices.front().scalar_type() == at::kFloat &&
                        slices.front().dim() > 0 && share_dense_layout(slices);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const std::int64_t samples = samples_per_slice[i];
    const at::Tensor slice =
        in_place ? slices[i] : slices[i].to(at::kFloat).contiguous();
    OMPQ_CHECK(
        samples == 1 || (slice.dim() > 0 && slice.size(0) == samples),
        ErrorCode::Unsupported,
        "[search] layer '{}': its output {} does not begin with the batch of "
        "{} samples; use --micro-batch 1",
        layer,
        to_string(slice.sizes().vec()),
        samples);
    const std::int64_t length = slice.numel() / samples;
    OMPQ_CHECK(
        i == 0 || length == result.length,
        ErrorCode::Unsupported,
        "[search] layer '{}': its output has {} values for some samples and {} "
        "for others; the orthogonality needs equal sizes",
        layer,
        result.length,
        length);
    result.length = length;
    for (std::int64_t n = 0; n < samples; ++n) {
      result.rows.push_back(slice.data_ptr<float>() + n * length);
    }
    result.copies.push_back(slice);
  }
  return result;
}

}  // namespace

std::vector<GramMatrix> layer_grams(
    const PreparedModel& model,
    FeatureKind features,
    std::vector<Tensors> micro_batches,
    Observer& observer) {
  const FeatureTaps taps = make_taps(model, features);
  const Network network(model.graph, {.taps = taps.values});
  std::vector<std::int64_t> samples;
  for (const Tensors& inputs : micro_batches) {
    samples.push_back(inputs.front().size(0));
  }
  std::vector<GramMatrix> grams(taps.values.size());
  std::int64_t done = 0;
  const Tap tap = [&](const TapEvent& event) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    const std::string& layer = taps.layer_of_tap[event.tap];
    const FeatureRows rows = feature_rows_of(event.slices, samples, layer);
    const bool in_place = event.next.has_value() &&
                          rows.copies.front().is_alias_of(event.slices.front());
    if (in_place) {
      grams[event.tap] = accumulate_gram_then_clamp(
          rows.rows,
          rows.length,
          {.low = event.next->low, .high = event.next->high},
          {.layer = layer});
    } else {
      const std::vector<const float*> read_only(
          rows.rows.begin(), rows.rows.end());
      grams[event.tap] =
          accumulate_gram(read_only, rows.length, {.layer = layer});
    }
    observer.advance(++done);
    return in_place;
  };
  static_cast<void>(network.run(std::move(micro_batches), tap));
  std::vector<GramMatrix> result;
  for (const std::size_t index : taps.tap_of_layer) {
    result.push_back(grams[index]);
  }
  return result;
}

}  // namespace ompq
