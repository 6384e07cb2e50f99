// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/output_moments.h"

#include <algorithm>
#include <cstdint>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

namespace ompq {
namespace {

/// Rows of a matrix, or columns of a covariance, that one thread takes at once.
constexpr std::int64_t kBlock = 256;

/// Mean and variance of each column of outputs [P, C].
void column_moments_into(
    const at::Tensor& outputs, double* mean, double* variance) {
  const at::Tensor dense = outputs.contiguous();
  const std::int64_t positions = dense.size(0);
  const std::int64_t columns = dense.size(1);
  const auto* const data = dense.data_ptr<float>();
  const double share = 1.0 / static_cast<double>(positions);
  std::fill_n(mean, columns, 0.0);
  std::fill_n(variance, columns, 0.0);
  for (std::int64_t p = 0; p < positions; ++p) {
    const float* const row = data + p * columns;
    for (std::int64_t c = 0; c < columns; ++c) {
      mean[c] += static_cast<double>(row[c]) * share;
    }
  }
  for (std::int64_t p = 0; p < positions; ++p) {
    const float* const row = data + p * columns;
    for (std::int64_t c = 0; c < columns; ++c) {
      const double apart = static_cast<double>(row[c]) - mean[c];
      variance[c] += apart * apart * share;
    }
  }
}

/// Rows of weights that one thread takes, and where their moments belong.
struct Task {
  std::int64_t group = 0;
  at::Tensor weights;
  std::int64_t place = 0;
};

/// All rows of all matrices. Of one group the matrices stay apart; of many,
/// which have few rows each, those of all matrices come together.
class Tasks {
 public:
  Tasks(std::int64_t groups, const std::vector<at::Tensor>& matrices)
      : groups_(groups),
        matrices_(std::ssize(matrices)),
        moments_{
            .mean = at::empty(
                {groups, matrices_ * matrices.front().size(0) / groups},
                at::kDouble)} {
    moments_.variance = at::empty_like(moments_.mean);
    if (groups == 1) {
      for (const at::Tensor& matrix : matrices) {
        add_blocks(matrix);
      }
      return;
    }
    const std::int64_t columns = matrices.front().size(1);
    const at::Tensor together = at::stack(matrices)
                                    .reshape({matrices_, groups, -1, columns})
                                    .transpose(0, 1)
                                    .reshape({groups, -1, columns});
    for (std::int64_t group = 0; group < groups; ++group) {
      add(group, together[group]);
    }
  }

  /// Calls work(task, mean, variance) with room for the moments of its rows;
  /// threads share the tasks.
  template <class Work>
  void run(const Work& work) const {
    auto* const mean = moments_.mean.data_ptr<double>();
    auto* const variance = moments_.variance.data_ptr<double>();
    const std::int64_t count = std::ssize(tasks_);
    at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
      const at::NoGradGuard no_gradients;
      for (std::int64_t i = begin; i < end; ++i) {
        const Task& task = tasks_[static_cast<std::size_t>(i)];
        work(task, mean + task.place, variance + task.place);
      }
    });
  }

  [[nodiscard]] OutputMoments result() const {
    const auto by_matrix = [&](const at::Tensor& moments) {
      return moments.reshape({groups_, matrices_, -1})
          .transpose(0, 1)
          .reshape({matrices_, -1})
          .contiguous();
    };
    return {
        .mean = by_matrix(moments_.mean),
        .variance = by_matrix(moments_.variance)};
  }

 private:
  void add_blocks(const at::Tensor& matrix) {
    const std::int64_t rows = matrix.size(0);
    for (std::int64_t first = 0; first < rows; first += kBlock) {
      add(0, matrix.narrow(0, first, std::min(kBlock, rows - first)));
    }
  }

  void add(std::int64_t group, const at::Tensor& weights) {
    tasks_.push_back({.group = group, .weights = weights, .place = rows_});
    rows_ += weights.size(0);
  }

  std::int64_t groups_;
  std::int64_t matrices_;
  /// [G, rows of all matrices].
  OutputMoments moments_;
  std::vector<Task> tasks_;
  std::int64_t rows_ = 0;
};

/// By computing the outputs.
OutputMoments by_outputs(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices) {
  const Tasks tasks(patches.size(0), matrices);
  tasks.run([&](const Task& task, double* mean, double* variance) {
    column_moments_into(
        at::mm(patches[task.group], task.weights.t()), mean, variance);
  });
  return tasks.result();
}

/// Means of the columns of patches, [K] float64, and their covariance, [K, K]
/// float32.
struct PatchMoments {
  at::Tensor mean;
  at::Tensor covariance;
};

/// Of patches [P, K]; threads share columns.
PatchMoments moments_of(const at::Tensor& patches) {
  const std::int64_t columns = patches.size(1);
  const at::Tensor mean = patches.mean(0, false, at::kDouble);
  const at::Tensor centred = patches - mean.to(at::kFloat);
  const at::Tensor products = at::empty({columns, columns});
  const std::int64_t blocks = (columns + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    const std::int64_t first = begin * kBlock;
    const std::int64_t count = std::min(end * kBlock, columns) - first;
    products.narrow(0, first, count)
        .copy_(at::mm(centred.narrow(1, first, count).t(), centred));
  });
  return {mean, products.div_(static_cast<double>(patches.size(0)))};
}

/// w m and w C w' of each row.
void row_moments_into(
    const at::Tensor& weights,
    const PatchMoments& patches,
    double* mean,
    double* variance) {
  const std::int64_t columns = weights.size(1);
  const at::Tensor dense = weights.contiguous();
  const at::Tensor products = at::mm(dense, patches.covariance);
  const auto* const data = dense.data_ptr<float>();
  const auto* const product = products.data_ptr<float>();
  const auto* const means = patches.mean.data_ptr<double>();
  for (std::int64_t row = 0; row < dense.size(0); ++row) {
    mean[row] = 0.0;
    double sum = 0.0;
    for (std::int64_t k = row * columns; k < (row + 1) * columns; ++k) {
      const auto weight = static_cast<double>(data[k]);
      mean[row] += weight * means[k - row * columns];
      sum += weight * static_cast<double>(product[k]);
    }
    // Rounding may leave a little less than nothing.
    variance[row] = std::max(sum, 0.0);
  }
}

/// By the covariance of the patches of one group.
OutputMoments by_covariance(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices) {
  const PatchMoments moments = moments_of(patches[0]);
  const Tasks tasks(1, matrices);
  tasks.run([&](const Task& task, double* mean, double* variance) {
    row_moments_into(task.weights, moments, mean, variance);
  });
  return tasks.result();
}

}  // namespace

OutputMoments column_moments(const at::Tensor& outputs) {
  OutputMoments result{
      .mean = at::empty({1, outputs.size(1)}, at::kDouble),
      .variance = at::empty({1, outputs.size(1)}, at::kDouble)};
  column_moments_into(
      outputs,
      result.mean.data_ptr<double>(),
      result.variance.data_ptr<double>());
  return result;
}

OutputMoments stacked(const std::vector<OutputMoments>& moments) {
  std::vector<at::Tensor> means;
  std::vector<at::Tensor> variances;
  for (const OutputMoments& one : moments) {
    means.push_back(one.mean);
    variances.push_back(one.variance);
  }
  return {.mean = at::cat(means, 0), .variance = at::cat(variances, 0)};
}

OutputMoments patch_moments(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices) {
  const std::int64_t positions = patches.size(1);
  const std::int64_t columns = patches.size(2);
  const std::int64_t rows = std::ssize(matrices) * matrices.front().size(0);
  // Products of either way, for each column of a patch.
  const bool is_cheaper =
      columns * (positions + rows) < positions * rows && patches.size(0) == 1;
  return is_cheaper ? by_covariance(patches, matrices)
                    : by_outputs(patches, matrices);
}

}  // namespace ompq
