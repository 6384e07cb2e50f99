// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "ompq/graph/graph.h"

namespace ompq {

inline bool same_constant(const Constant& a, const Constant& b) {
  return a.type() == b.type() && a.shape() == b.shape() &&
         std::ranges::equal(a.bytes(), b.bytes());
}

inline bool same_attribute(const Attribute& a, const Attribute& b) {
  if (a.index() != b.index()) {
    return false;
  }
  return std::visit(
      [&]<typename T>(const T& held) {
        if constexpr (std::is_same_v<T, Constant>) {
          return same_constant(held, std::get<Constant>(b));
        } else {
          return held == std::get<T>(b);
        }
      },
      a);
}

inline void expect_same_node(const Node& a, const Node& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.domain, b.domain) << a.name;
  EXPECT_EQ(a.op_type, b.op_type) << a.name;
  EXPECT_EQ(a.inputs, b.inputs) << a.name;
  EXPECT_EQ(a.outputs, b.outputs) << a.name;
  ASSERT_EQ(a.attributes.size(), b.attributes.size()) << a.name;
  for (const auto& [key, attribute] : a.attributes) {
    ASSERT_TRUE(b.attributes.contains(key)) << a.name << " " << key;
    EXPECT_TRUE(same_attribute(attribute, b.attributes.at(key)))
        << a.name << " " << key;
  }
}

inline void expect_same_value(const Value& a, const Value& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.type, b.type) << a.name;
  EXPECT_EQ(a.shape, b.shape) << a.name;
  EXPECT_EQ(a.producer, b.producer) << a.name;
  EXPECT_EQ(a.consumers, b.consumers) << a.name;
  ASSERT_EQ(a.constant.has_value(), b.constant.has_value()) << a.name;
  if (a.constant) {
    EXPECT_TRUE(same_constant(*a.constant, *b.constant)) << a.name;
  }
}

/// Expects two graphs to agree in everything, ids and order included.
inline void expect_same_graph(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.name(), b.name());
  EXPECT_EQ(a.opset(), b.opset());
  EXPECT_EQ(a.metadata(), b.metadata());
  EXPECT_TRUE(std::ranges::equal(a.inputs(), b.inputs()));
  EXPECT_TRUE(std::ranges::equal(a.outputs(), b.outputs()));
  ASSERT_EQ(a.nodes().size(), b.nodes().size());
  for (std::size_t i = 0; i < a.nodes().size(); ++i) {
    expect_same_node(a.nodes()[i], b.nodes()[i]);
  }
  ASSERT_EQ(a.values().size(), b.values().size());
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    expect_same_value(a.values()[i], b.values()[i]);
  }
}

}  // namespace ompq
