# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# Sourced by the checks: starts in the root of the source tree.
set -euo pipefail
export LC_ALL=C
rules=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$rules/../.."
complaints=0

complain() {
  printf '%s\n' "$*"
  complaints=$((complaints + 1))
}

# finish: the exit status of the check.
finish() {
  ((complaints == 0)) || printf '%d complaints\n' "$complaints"
  exit $((complaints > 0))
}

# our_files: the text files of the project, without what is built or installed.
our_files() {
  find . -type d \( -name node_modules -o -name .git -o -path ./build \
    -o -path ./install -o -path ./.cache -o -path ./ompq/report/page/dist \) \
    -prune -o -type f ! -name .git \
    ! -name '*.onnx' ! -name '*.npy' ! -name '*.png' ! -name '*.jpg' -print
}

# our_sources: the C++ files of the project.
our_sources() {
  our_files | grep -E '\.(h|cpp)$'
}
