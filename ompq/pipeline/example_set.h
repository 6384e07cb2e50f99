// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"

namespace ompq {

/// Examples and how they are prepared.
struct ExampleSet {
  std::shared_ptr<const Dataset> dataset;
  Preprocessing preprocessing;
};

}  // namespace ompq
