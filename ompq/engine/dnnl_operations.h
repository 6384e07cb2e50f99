// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include <dnnl.hpp>

#include "ompq/engine/fusion.h"

namespace ompq {

using DnnlTag = dnnl::memory::format_tag;
inline constexpr auto kDnnlFloat = dnnl::memory::data_type::f32;

/// Appends clamp(x) to the operations after a primitive, if there is a range.
void append_clamp(
    dnnl::post_ops& operations, const std::optional<ClampRange>& range);

/// Memory that primitives only read.
[[nodiscard]] dnnl::memory source_memory(
    const dnnl::engine& engine,
    const dnnl::memory::desc& layout,
    std::span<const float> elements);

}  // namespace ompq
