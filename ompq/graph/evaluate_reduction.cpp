// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include "ompq/graph/element_selection.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

/// Sums are taken in float64 or modulo 2^64.
template <typename T>
using Wide =
    std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

template <typename W>
W plus(W a, W b) {
  if constexpr (std::is_integral_v<W>) {
    return static_cast<W>(
        static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  } else {
    return a + b;
  }
}

template <typename W>
W times(W a, W b) {
  if constexpr (std::is_integral_v<W>) {
    return static_cast<W>(
        static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  } else {
    return a * b;
  }
}

/// What a reduction does to the elements of one group.
struct Sum {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return std::accumulate(group.begin(), group.end(), W{0}, plus<W>);
  }
};

struct SumSquare {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return std::accumulate(
        group.begin(), group.end(), W{0}, [](W total, W element) {
          return plus(total, times(element, element));
        });
  }
};

struct L1 {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return std::accumulate(
        group.begin(), group.end(), W{0}, [](W total, W element) {
          return plus(total, element < W{0} ? times(W{-1}, element) : element);
        });
  }
};

struct Product {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return std::accumulate(group.begin(), group.end(), W{1}, times<W>);
  }
};

struct Minimum {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return group.empty() ? std::numeric_limits<W>::max()
                         : *std::min_element(group.begin(), group.end());
  }
};

struct Maximum {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return group.empty() ? std::numeric_limits<W>::lowest()
                         : *std::max_element(group.begin(), group.end());
  }
};

struct Mean {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return Sum::reduce(group) /
           static_cast<W>(std::max<std::size_t>(1, group.size()));
  }
};

struct L2 {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return static_cast<W>(
        std::sqrt(static_cast<double>(SumSquare::reduce(group))));
  }
};

struct LogSum {
  template <typename W>
  static W reduce(std::span<const W> group) {
    return static_cast<W>(std::log(static_cast<double>(Sum::reduce(group))));
  }
};

/// The axes reduced, in ascending order; empty if there is nothing to do.
std::vector<std::int64_t> reduced_axes(const NodeFacts& facts) {
  std::vector<std::int64_t> all(facts.shape(0).size());
  std::iota(all.begin(), all.end(), 0);
  const bool noop = facts.node().integer("noop_with_empty_axes", 0) != 0;
  return *axes_argument(
      facts, 1, facts.rank(0), noop ? std::vector<std::int64_t>() : all);
}

/// The input with the reduced axes last, so that a group is contiguous.
Constant groups_last(
    const Constant& input, const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> order;
  for (std::int64_t axis = 0;
       axis < static_cast<std::int64_t>(input.shape().size());
       ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), axis)) {
      order.push_back(axis);
    }
  }
  order.insert(order.end(), axes.begin(), axes.end());
  return permute_axes(input, order);
}

template <typename Reduction>
Result reduce(const NodeFacts& facts, const Outputs& outputs) {
  const std::vector<std::int64_t> axes = reduced_axes(facts);
  std::int64_t length = 1;
  for (const std::int64_t axis : axes) {
    length *= facts.shape(0)[static_cast<std::size_t>(axis)];
  }
  Result result;
  visit_element_type(facts.type(0), [&]<typename T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      const Constant sorted = groups_last(*facts.constant(0), axes);
      std::vector<Wide<T>> group(static_cast<std::size_t>(length));
      result.emplace({generate_elements<T>(
          facts.type(0), *outputs[0].shape, [&](std::size_t i) {
            const auto elements =
                sorted.elements<T>().subspan(i * group.size(), group.size());
            std::copy(elements.begin(), elements.end(), group.begin());
            return Reduction::reduce(std::span<const Wide<T>>(group));
          })});
    }
  });
  return result;
}

}  // namespace

Evaluators reduction_evaluators() {
  return {
      {"ReduceL1", reduce<L1>},
      {"ReduceL2", reduce<L2>},
      {"ReduceLogSum", reduce<LogSum>},
      {"ReduceMax", reduce<Maximum>},
      {"ReduceMean", reduce<Mean>},
      {"ReduceMin", reduce<Minimum>},
      {"ReduceProd", reduce<Product>},
      {"ReduceSum", reduce<Sum>},
      {"ReduceSumSquare", reduce<SumSquare>}};
}

}  // namespace ompq
