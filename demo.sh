#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From a bare machine to a result: installs what is missing, builds the program
# and runs the bundled example, which ends with a report. Arguments go to
# `ompq demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/dependencies.sh

mapfile -t node < <(page_packages)
install_dependencies "${build_packages[@]}" "${node[@]}"
configure_and_build ompq_cli ompq_compute </dev/null
exec build/release/cli/ompq demo "$@"
