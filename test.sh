#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds the release preset and runs every test. The
# last line is "N passed, N failed[, N skipped]"; the exit status is 0 only if
# everything was built and nothing failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/dependencies.sh

mapfile -t node < <(node_packages)
install_dependencies "${build_packages[@]}" "${test_packages[@]}" "${node[@]}"

# ONNX Runtime, the reference of the execution tests; its package carries the
# library. And what drives the browser in the tests of reports.
install_node_modules tests/onnxruntime
install_node_modules tests/report

configure_and_build all </dev/null

export OMPQ_SHARED="${OMPQ_SHARED:-$(cd .. && pwd)/shared}"
report="$PWD/build/release/tests.xml"
rm -f "$report"
status=0
ctest --preset release --parallel "$(nproc)" --output-junit "$report" \
  "$@" </dev/null || status=$?

# count NAME: an attribute of the report's root element.
count() {
  sed -n "s/^[[:space:]]*$1=\"\([0-9]*\)\".*/\1/p" "$report" | head -n 1
}
[[ -s "$report" ]] || exit 1
total=$(count tests)
failed=$(count failures)
skipped=$(($(count skipped) + $(count disabled)))
passed=$((total - failed - skipped))
# A run without a single test proves nothing.
((passed > 0)) || status=1
if ((skipped > 0)); then
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
  printf '%d passed, %d failed\n' "$passed" "$failed"
fi
exit "$status"
