// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/graph/shape_inference.h"

#include "tests/support/temp_dir.h"

namespace ompq {

/// What a network computes for inputs of a fixed sequence of random numbers.
inline Tensors outputs_of(const Graph& graph, std::int64_t batch = 2) {
  at::manual_seed(7);
  Tensors inputs;
  for (const ValueId id : graph.inputs()) {
    inputs.push_back(at::rand(*shape_at_batch(graph.value(id), batch)) * 4 - 2);
  }
  return Network(graph, {}).run({inputs})[0];
}

/// Expects two networks to give the same bits.
inline void expect_same_outputs(const Graph& a, const Graph& b) {
  const Tensors first = outputs_of(a);
  const Tensors second = outputs_of(b);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(at::equal(first[i], second[i]))
        << "largest difference "
        << (first[i] - second[i]).abs().max().item<float>();
  }
}

/// The graph after it was a file.
inline Graph written_and_read(const Graph& graph) {
  const TempDir folder;
  const auto path = folder.path() / "net.onnx";
  write_onnx(graph, path);
  return load_model(path).graph;
}

}  // namespace ompq
