// SPDX-License-Identifier: MIT
#include "cli/late_verifier.h"

#include <thread>
#include <utility>

#include <dlfcn.h>

#include "ompq/core/error.h"
#include "ompq/pipeline/late_entry.h"
#include "ompq/version.h"

namespace ompq {
namespace {

/// Found as libraries that the program is linked to are: beside those. It stays
/// loaded.
const LateEntry* load_entry(int threads) {
  void* const library = dlopen(OMPQ_TENSOR_LIBRARY, RTLD_NOW);
  OMPQ_CHECK(
      library != nullptr,
      ErrorCode::NotFound,
      "this command needs the library {}, which cannot be loaded; the "
      "installation is incomplete: {}",
      OMPQ_TENSOR_LIBRARY,
      dlerror());
  const auto* const entry =
      static_cast<const LateEntry*>(dlsym(library, "ompq_late_entry"));
  OMPQ_CHECK(
      entry != nullptr && entry->version == kVersion,
      ErrorCode::NotFound,
      "the library {} is not of version {} as this program is; install both "
      "again",
      OMPQ_TENSOR_LIBRARY,
      kVersion);
  entry->prepare(threads);
  return entry;
}

/// In a thread that nobody waits for: an error elsewhere need not wait for a
/// library that it does not need.
std::shared_future<const LateEntry*> begin_loading(int threads) {
  std::packaged_task<const LateEntry*()> task(
      [threads] { return load_entry(threads); });
  std::shared_future<const LateEntry*> entry = task.get_future().share();
  std::thread(std::move(task)).detach();
  return entry;
}

}  // namespace

LateVerifier::LateVerifier(int threads) : entry_(begin_loading(threads)) {}

Verification LateVerifier::operator()(
    const Graph& exported,
    const Graph& simulation,
    const std::string& where,
    const VerificationOptions& options) {
  return entry_.get()->verify(exported, simulation, where, options);
}

}  // namespace ompq
