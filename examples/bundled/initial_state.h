// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "examples/bundled/network_graph.h"

namespace ompq::example {

/// Channels of the stages; each but the first halves height and width.
inline constexpr std::array<std::int64_t, 3> kStageChannels = {16, 32, 64};
/// Residual blocks of each stage.
inline constexpr std::array<std::int64_t, 3> kStageBlocks = {2, 2, 3};
inline constexpr std::int64_t kImageChannels = 3;

/// First numbers of the network: stem, three stages of residual blocks, mean
/// over the picture, classifier; see network_graph(). Weights are drawn from
/// libtorch's generator, normal with variance 2 / (outputs x kernel^2);
/// normalisations are the identity.
///
/// @source He et al., "Delving deep into rectifiers", 2015
[[nodiscard]] NetworkState initial_state(std::int64_t classes);

}  // namespace ompq::example
