// SPDX-License-Identifier: MIT
#include "unit_timing.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/graph/units.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/make_units.h"
#include "ompq/reconstruction/prepare_network.h"
#include "ompq/reconstruction/unit_optimizer.h"

#include "compare_gradients.h"
#include "plain_unit.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0.0;
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

template <typename Work>
double timed(const Work& work) {
  const auto start = Clock::now();
  work();
  return milliseconds_since(start);
}

/// All units of a network with random inputs, one after the other.
class Benchmark {
 public:
  explicit Benchmark(const UnitTimingSettings& settings)
      : settings_(settings),
        frontier_(
            settings.batch,
            TensorStore(Bytes{std::int64_t{16} << 30}, "/nonexistent")) {
    at::manual_seed(1);
    const PreparedModel file = load_model(settings.model);
    OMPQ_CHECK(
        file.is_batch_polymorphic,
        ErrorCode::Unsupported,
        "{}: its file fixes the batch",
        settings.model);
    Shape shape = example_shape(file);
    shape.insert(shape.begin(), settings.batch);
    at::Tensor images = at::randn(shape);
    if (images.dim() == 4) {
      images = images.contiguous(at::MemoryFormat::ChannelsLast);
    }
    options_.batch_size = static_cast<int>(settings.batch);
    options_.quantize_inputs = false;
    options_.drop_probability = settings.drop_probability;
    model_.emplace(prepare_network(file, {{images}}, options_));
    plan_ = uniform_plan(model_->layers.layers.size(), settings.weight_bits, 8);
    units_ = find_units(model_->graph, model_->layers.layers);
    activations_ = calibrate_activations(
        model_->graph,
        find_activation_sites(
            model_->graph, model_->layers.layers, {.network_inputs = false}),
        plan_,
        {{images}},
        options_,
        silent_observer());
    const std::string& input =
        model_->graph.value(model_->graph.inputs().front()).name;
    frontier_.store(input, Frontier::Side::Float, 0, settings.batch, images);
    frontier_.share(input);
  }

  std::vector<UnitTimes> run() {
    std::vector<UnitTimes> result;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      UnitProblem unit = make_problem(i);
      UnitTimes times{.name = units_[i].name, .layers = unit.layers.size()};
      times.frontier = timed([&] { run_float(unit); });
      if (!unit.layers.empty()) {
        if (!settings_.is_only_ours) {
          UnitProblem copy = make_problem(i);
          compare_gradients(copy, frontier_, options_);
        }
        time_steps(unit, times);
      }
      times.frontier += timed([&] { run_quantized(unit); });
      result.push_back(std::move(times));
      drop_dead_values(i);
    }
    return result;
  }

 private:
  [[nodiscard]] UnitProblem make_problem(std::size_t index) const {
    return make_unit(
        model_->graph,
        model_->layers.layers,
        plan_,
        units_,
        index,
        activations_,
        options_);
  }

  [[nodiscard]] Tensors inputs_of(
      const UnitProblem& unit, Frontier::Side side, std::int64_t first) const {
    Tensors inputs;
    for (const std::string& value : unit.inputs) {
      inputs.push_back(frontier_.range(value, side, first, 1));
    }
    return inputs;
  }

  void store(
      const UnitProblem& unit,
      Frontier::Side side,
      std::int64_t first,
      const Tensors& outputs) {
    for (std::size_t i = 0; i < unit.outputs.size(); ++i) {
      frontier_.store(unit.outputs[i], side, first, 1, outputs[i]);
    }
  }

  void run_float(const UnitProblem& unit) {
    const Network network(unit.network.graph());
    for (std::int64_t i = 0; i < settings_.batch; ++i) {
      const auto side = Frontier::Side::Float;
      store(unit, side, i, network.run({inputs_of(unit, side, i)}).front());
    }
  }

  void run_quantized(const UnitProblem& unit) {
    const at::NoGradGuard no_gradients;
    const UnitTensors tensors = current_tensors(unit);
    for (std::int64_t i = 0; i < settings_.batch; ++i) {
      const auto side = Frontier::Side::Quantized;
      store(unit, side, i, unit.network.run(inputs_of(unit, side, i), tensors));
    }
  }

  /// A step of each side after the other, so that what disturbs the machine
  /// disturbs all.
  void time_steps(UnitProblem& unit, UnitTimes& times) {
    std::vector<PlainUnit> plain;
    if (!settings_.is_only_ours) {
      for (const auto layout :
           {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
        plain.emplace_back(unit, frontier_, layout, options_.drop_probability);
      }
    }
    std::vector<std::vector<double>> each(3);
    std::vector<std::int64_t> groups;
    Clock::time_point start;
    const auto keep_groups = [&](const GradientStep& step) {
      groups = step.groups;
    };
    int round = 0;
    const auto after_step = [&] {
      const double ours = milliseconds_since(start);
      std::vector<double> now{ours};
      for (PlainUnit& side : plain) {
        const at::AutoGradMode with_gradients(true);
        now.push_back(timed([&] { side.step(groups); }));
      }
      for (std::size_t i = 0; i < now.size() && round > 0; ++i) {
        each[i].push_back(now[i]);
      }
      ++round;
      start = Clock::now();
    };
    start = Clock::now();
    // The first round has preparations in it.
    optimize_unit(
        unit,
        frontier_,
        options_,
        {.iterations = settings_.rounds + 1,
         .plenty_positions = kAllPositions,
         .after_gradients = keep_groups,
         .after_step = after_step},
        silent_observer());
    times.ours = median(each[0]);
    times.plain = median(each[1]);
    times.plain_channels_last = median(each[2]);
  }

  void drop_dead_values(std::size_t index) {
    for (const auto* values : {&units_[index].inputs, &units_[index].outputs}) {
      for (const ValueId value : *values) {
        const bool is_read_later = std::any_of(
            units_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
            units_.end(),
            [&](const Unit& unit) {
              return std::find(unit.inputs.begin(), unit.inputs.end(), value) !=
                     unit.inputs.end();
            });
        if (!is_read_later) {
          frontier_.drop(model_->graph.value(value).name);
        }
      }
    }
  }

  UnitTimingSettings settings_;
  ReconstructionOptions options_;
  Frontier frontier_;
  std::optional<PreparedModel> model_;
  BitPlan plan_;
  std::vector<Unit> units_;
  std::vector<CalibratedActivation> activations_;
};

}  // namespace

std::vector<UnitTimes> time_units(const UnitTimingSettings& settings) {
  const SerialBlas serial_blas;
  return Benchmark(settings).run();
}

}  // namespace ompq
