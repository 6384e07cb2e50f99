// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace ompq {

/// Index of one kind of thing; indices of different kinds do not mix.
///
/// @tparam Tag  an empty type that names the kind
template <typename Tag>
struct StrongId {
  std::int32_t value = -1;

  constexpr StrongId() = default;
  explicit constexpr StrongId(std::int64_t index)
      : value(static_cast<std::int32_t>(index)) {}

  /// Position in the vector that holds the things of this kind.
  [[nodiscard]] constexpr std::size_t index() const {
    return static_cast<std::size_t>(value);
  }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

/// A node of a Graph.
using NodeId = StrongId<struct NodeIdTag>;
/// A value (edge) of a Graph.
using ValueId = StrongId<struct ValueIdTag>;
/// A quantizable layer, in graph order.
using LayerId = StrongId<struct LayerIdTag>;

}  // namespace ompq

template <typename Tag>
struct std::hash<ompq::StrongId<Tag>> {
  std::size_t operator()(ompq::StrongId<Tag> id) const noexcept {
    return std::hash<std::int32_t>{}(id.value);
  }
};
