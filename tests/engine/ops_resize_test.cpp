// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Ints = std::vector<std::int64_t>;
using Attributes = std::map<std::string, Attribute>;

at::Tensor resize_to(
    const at::Tensor& x, const Ints& sizes, const Attributes& attributes) {
  return run_node(
      {"Resize", {x, {}, {}, at::tensor(sizes, at::kLong)}, attributes})[0];
}

at::Tensor resize_by(
    const at::Tensor& x,
    const std::vector<float>& scales,
    const Attributes& attributes) {
  return run_node({"Resize", {x, {}, at::tensor(scales)}, attributes})[0];
}

at::Tensor ramp(std::int64_t size) {
  return at::arange(1, size * size + 1, at::kFloat).reshape({1, 1, size, size});
}

TEST(Resize, GivesTheSameOnThePictureAndTheGeneralPath) {
  at::manual_seed(3);
  const at::Tensor x = at::rand({2, 3, 6, 7});
  for (const char* mode : {"nearest", "linear"}) {
    for (const char* coordinates :
         {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"}) {
      for (const Ints& size : {Ints{12, 21}, Ints{4, 5}, Ints{1, 14}}) {
        Attributes attributes{
            {"mode", std::string(mode)},
            {"coordinate_transformation_mode", std::string(coordinates)},
            {"nearest_mode", std::string("floor")}};
        const at::Tensor picture =
            resize_to(x, {2, 3, size[0], size[1]}, attributes);

        // Five dimensions have no picture path.
        const at::Tensor general = resize_to(
            x.unsqueeze(0), {1, 2, 3, size[0], size[1]}, attributes)[0];

        EXPECT_TRUE(tensor_near(picture, general, {1e-4, 1e-5}))
            << mode << ' ' << coordinates << ' ' << at::IntArrayRef(size);
      }
    }
  }
}

TEST(Resize, RepeatsElementsForWholeFactors) {
  const at::Tensor x = ramp(3);
  const at::Tensor expected = x.repeat_interleave(3, 2).repeat_interleave(3, 3);

  for (const char* coordinates : {"half_pixel", "asymmetric"}) {
    EXPECT_TRUE(tensor_near(
        resize_by(
            x,
            {1, 1, 3, 3},
            {{"coordinate_transformation_mode", std::string(coordinates)},
             {"nearest_mode",
              std::string(
                  coordinates[0] == 'a' ? "floor" : "round_prefer_floor")}}),
        expected));
  }
}

TEST(Resize, WidensTheKernelWithAntialias) {
  // 0.6 of four elements: weights 1/8, 4/8, 3/8 around 1/3, the outermost
  // element repeated.
  const at::Tensor y = resize_by(
      ramp(4),
      {1, 1, 0.6F, 0.6F},
      {{"mode", "linear"}, {"antialias", std::int64_t{1}}});

  EXPECT_TRUE(tensor_near(
      y, at::tensor({2.875F, 4.5F, 9.375F, 11.F}).reshape({1, 1, 2, 2})));
}

TEST(Resize, KeepsConstantsWhateverTheKernel) {
  const at::Tensor x = at::full({1, 1, 5, 6}, 2.5F);
  for (const char* mode : {"nearest", "linear", "cubic"}) {
    for (const std::int64_t antialias : {0, 1}) {
      for (const std::int64_t exclude : {0, 1}) {
        const at::Tensor y = resize_to(
            x,
            {1, 1, 3, 11},
            {{"mode", std::string(mode)},
             {"antialias", antialias},
             {"exclude_outside", exclude}});

        EXPECT_TRUE(tensor_near(y, at::full({1, 1, 3, 11}, 2.5F))) << mode;
      }
    }
  }
}

TEST(Resize, TakesSizesOfNamedAxesAndKeepsTheAspectRatio) {
  const at::Tensor x = ramp(4).narrow(2, 0, 2);
  const Attributes attributes{{"axes", Ints{3, 2}}};
  const auto with_policy = [&](const std::string& policy) {
    Attributes all = attributes;
    all["keep_aspect_ratio_policy"] = policy;
    return resize_to(x, {6, 8}, all).sizes().vec();
  };

  EXPECT_EQ(resize_to(x, {6, 8}, attributes).sizes().vec(), (Ints{1, 1, 8, 6}));
  EXPECT_EQ(with_policy("not_larger"), (Ints{1, 1, 3, 6}));
  EXPECT_EQ(with_policy("not_smaller"), (Ints{1, 1, 8, 16}));
}

TEST(Resize, CropsAndFillsOutside) {
  const at::Tensor y = run_node(
      {"Resize",
       {ramp(3).slice(2, 0, 1),
        at::tensor({0.F, 0.F, 0.F, 0.5F, 1.F, 1.F, 1.F, 1.5F}),
        {},
        at::tensor(Ints{1, 1, 1, 3}, at::kLong)},
       {{"mode", "linear"},
        {"coordinate_transformation_mode", "tf_crop_and_resize"},
        {"extrapolation_value", 9.0F}}})[0];

  EXPECT_TRUE(
      tensor_near(y, at::tensor({2.F, 3.F, 9.F}).reshape({1, 1, 1, 3})));
}

TEST(Resize, CentresTheOddRestWithHalfPixelSymmetric) {
  // 4 * 0.6 = 2.4 gives 2 elements; the 0.4 left over is shared by both ends.
  const at::Tensor y = resize_by(
      at::tensor({1.F, 2.F, 3.F, 4.F}).reshape({1, 1, 1, 4}),
      {1, 1, 1, 0.6F},
      {{"mode", "linear"},
       {"coordinate_transformation_mode", "half_pixel_symmetric"}});

  EXPECT_TRUE(tensor_near(
      y, at::tensor({1.6666666F, 3.3333333F}).reshape({1, 1, 1, 2})));
}

TEST(Resize, RefusesWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(resize_by(ramp(2), {1, 1, 2}, {})), Error);
  EXPECT_THROW(static_cast<void>(resize_by(ramp(2), {1, 1, 0, 2}, {})), Error);
  EXPECT_THROW(
      static_cast<void>(
          resize_by(ramp(2), {1, 1, 2, 2}, {{"mode", "lanczos"}})),
      Error);
}

}  // namespace
}  // namespace ompq
