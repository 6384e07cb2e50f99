#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_symbols.sh LIBRARY...: what the compiled library calls, seen by nm; a
# header could bring in what no source file says.
source "$(dirname "${BASH_SOURCE[0]}")/report.sh"

forbidden='printf|vprintf|puts|putchar|perror|exit|_exit|quick_exit|getenv'
forbidden+='|secure_getenv|_ZSt4cout|_ZSt4cerr|_ZSt4clog'
for library in "$@"; do
  while read -r symbol; do
    complain "$library: uses $symbol"
  done < <(nm -D --undefined-only "$library" | awk '{print $2}' |
    sed 's/@.*//' | grep -xE "$forbidden")
done
finish
