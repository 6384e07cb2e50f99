// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/reconstruct.h"

#include <algorithm>
#include <string>

#include "tests/cli/small_network.h"
#include "tests/reconstruction/reconstruction_fixture.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

class ReconstructTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<Tensors> pictures() const {
    return random_batches({16, 3, 8, 8}, 6);
  }
  [[nodiscard]] Reconstruction run(
      const ReconstructionOptions& options, const BitPlan& plan) const {
    return reconstruct_plainly(model_, plan, pictures(), options);
  }
  /// On pictures that reconstruction has not seen.
  [[nodiscard]] double sqnr(const Reconstruction& result) const {
    const Tensors others = random_batches({64, 3, 8, 8}, 1, 77).front();
    return output_sqnr(model_, result, others).front();
  }

  PreparedModel model_ = prepared(small_network());
  BitPlan narrow_ = uniform_plan(4, 2, 8);
};

/// Options with the parts of reconstruction that come one after the other.
ReconstructionOptions plain_rounding() {
  ReconstructionOptions options = short_run(RoundingMethod::Nearest);
  options.correct_bias = false;
  return options;
}

TEST_F(ReconstructTest, EveryMethodIsBetterThanNearestRounding) {
  const double nearest = sqnr(run(plain_rounding(), narrow_));
  ReconstructionOptions joint = short_run(RoundingMethod::Block, 5);
  joint.joint_iterations = 20;

  for (const ReconstructionOptions& options :
       {short_run(RoundingMethod::Nearest),
        short_run(RoundingMethod::Layer, 0),
        short_run(RoundingMethod::Layer, 20),
        short_run(RoundingMethod::Block, 0),
        short_run(RoundingMethod::Block, 20),
        joint}) {
    EXPECT_GT(sqnr(run(options, narrow_)), nearest + 0.1)
        << "method " << static_cast<int>(options.method) << ", "
        << options.iterations.value() << " iterations";
  }
}

TEST_F(ReconstructTest, IsAlmostExactWithManyBits) {
  const Reconstruction result =
      run(short_run(RoundingMethod::Block, 3), uniform_plan(4, 12, 14));

  EXPECT_GT(sqnr(result), 45.0);
  ASSERT_EQ(result.layers.size(), 4U);
  for (const LayerReport& layer : result.layers) {
    EXPECT_GT(layer.sqnr_db, 40.0) << layer.name;
  }
}

TEST_F(ReconstructTest, LeavesActivationsFloatWhereThePlanDoes) {
  const Reconstruction result = run(short_run(), uniform_plan(4, 4));

  EXPECT_TRUE(result.model.activations.empty());
  EXPECT_EQ(result.model.layers.size(), 4U);
}

TEST_F(ReconstructTest, ListsLayersAndActivationsInTheOrderOfTheNetwork) {
  for (const int joint : {0, 2}) {
    ReconstructionOptions options = short_run(RoundingMethod::Block, 2);
    options.joint_iterations = joint;

    const Reconstruction result = run(options, narrow_);

    ASSERT_EQ(result.model.layers.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(result.model.layers[i].name, model_.layers.layers[i].name);
    }
    ASSERT_FALSE(result.model.activations.empty());
    EXPECT_EQ(result.model.activations.front().value, "image");
    EXPECT_EQ(
        std::count_if(
            result.model.activations.begin(),
            result.model.activations.end(),
            [](const auto& each) { return each.value == "image"; }),
        1);
  }
}

TEST_F(ReconstructTest, GivesTheSameBitsAgain) {
  for (const RoundingMethod method :
       {RoundingMethod::Layer, RoundingMethod::Block}) {
    ReconstructionOptions options = short_run(method, 4);
    options.joint_iterations = 3;

    EXPECT_TRUE(is_same_model(
        run(options, narrow_).model, run(options, narrow_).model));
  }
}

TEST_F(ReconstructTest, GivesOtherBitsForAnotherSeed) {
  ReconstructionOptions options = short_run(RoundingMethod::Block, 20);
  const Reconstruction first = run(options, narrow_);
  options.seed = 1;

  EXPECT_FALSE(is_same_model(first.model, run(options, narrow_).model));
}

TEST_F(ReconstructTest, GoesOnAfterAnyUnitToTheSameBits) {
  ReconstructionOptions options = short_run(RoundingMethod::Block, 4);
  options.joint_iterations = 3;
  MemoryStore all;
  const Reconstruction whole =
      reconstruct(model_, narrow_, pictures(), options, all);
  ASSERT_GE(all.units.size(), 3U);

  for (std::size_t kept = 1; kept <= all.units.size(); ++kept) {
    MemoryStore store;
    store.units.insert(
        all.units.begin(),
        std::next(all.units.begin(), static_cast<std::ptrdiff_t>(kept)));

    const Reconstruction rest =
        reconstruct(model_, narrow_, pictures(), options, store);

    EXPECT_EQ(store.loads, static_cast<int>(kept));
    EXPECT_TRUE(is_same_model(rest.model, whole.model)) << kept << " kept";
  }
}

TEST_F(ReconstructTest, RefusesAKeptUnitOfAnotherNetwork) {
  MemoryStore store;
  static_cast<void>(
      reconstruct(model_, narrow_, pictures(), short_run(), store));
  store.units.at(1).layers.front().name = "other";

  expect_error(ErrorCode::InvalidFile, "'other'", [&] {
    static_cast<void>(
        reconstruct(model_, narrow_, pictures(), short_run(), store));
  });
}

TEST_F(ReconstructTest, GivesTheSameBitsWithLittleMemory) {
  const TempDir folder;
  ReconstructionOptions options = short_run(RoundingMethod::Block, 4);
  options.joint_iterations = 2;
  const Reconstruction with_much = run(options, narrow_);
  options.memory = Bytes{4096};
  options.spill_folder = folder.path();

  EXPECT_TRUE(is_same_model(run(options, narrow_).model, with_much.model));

  options.spill_folder = folder.path() / "missing";
  expect_error(ErrorCode::OutputFailed, "missing", [&] {
    static_cast<void>(run(options, narrow_));
  });
}

TEST_F(ReconstructTest, KeepsOneScaleForAllRowsIfOptionsSaySo) {
  for (const RoundingMethod method :
       {RoundingMethod::Layer, RoundingMethod::Block}) {
    ReconstructionOptions options = short_run(method, 10);
    options.per_channel = false;

    const Reconstruction result = run(options, uniform_plan(4, 4, 8));

    for (const QuantizedLayer& layer : result.model.layers) {
      const std::vector<float>& scales = layer.weight.scales;
      EXPECT_EQ(
          *std::min_element(scales.begin(), scales.end()),
          *std::max_element(scales.begin(), scales.end()))
          << layer.name;
    }
  }
}

TEST_F(ReconstructTest, TakesBatchesSmallerThanItsOwnFewest) {
  ReconstructionOptions options = short_run(RoundingMethod::Block, 3);
  options.batch_size = 1;

  EXPECT_GT(sqnr(run(options, uniform_plan(4, 6, 8))), 20.0);
}

TEST_F(ReconstructTest, StopsWhenTheObserverSaysSo) {
  class Impatient : public Observer {
   public:
    [[nodiscard]] bool interrupted() const override { return ++asked_ > 9; }

   private:
    mutable int asked_ = 0;
  };
  Impatient observer;
  MemoryStore store;

  expect_error(ErrorCode::Interrupted, "interrupted", [&] {
    static_cast<void>(reconstruct(
        model_,
        narrow_,
        pictures(),
        short_run(RoundingMethod::Block, 50),
        store,
        observer));
  });
}

}  // namespace
}  // namespace ompq
