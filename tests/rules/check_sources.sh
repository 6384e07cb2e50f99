#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What every source file must and must not hold.
source "$(dirname "${BASH_SOURCE[0]}")/report.sh"
longest_file=300

while read -r file; do
  [[ "$(head -n 1 "$file")" == '// SPDX-License-Identifier: MIT' ]] ||
    complain "$file:1: the first line is not the licence"
  lines=$(wc -l <"$file")
  ((lines <= longest_file)) ||
    complain "$file: $lines lines; $longest_file is the limit"
  if [[ "$file" == *.h ]] && ! grep -q '^#pragma once$' "$file"; then
    complain "$file: no '#pragma once'"
  fi
done < <(our_sources)

# forbid WHAT PATTERN FILE...: a complaint for each line that matches.
forbid() {
  local what=$1 pattern=$2 hit
  shift 2
  while read -r hit; do
    complain "$hit: $what"
  done < <(grep -nHE "$pattern" "$@" | cut -c1-100)
}

mapfile -t files < <(our_files)
mapfile -t sources < <(our_sources)
mapfile -t headers < <(our_sources | grep '\.h$')
mapfile -t library < <(our_sources | grep '^\./ompq/')
forbid 'only ASCII' '[^ -~	]' "${sources[@]}"
forbid 'a tab' '	' "${sources[@]}"
forbid 'white space at the end' '[ 	]$' "${sources[@]}"
forbid 'using namespace in a header' 'using namespace' "${headers[@]}"
forbid 'a TODO without an issue' '(TODO|FIXME)([^(]|$)' "${sources[@]}"

# The library reports through Observer and Error; it does nothing else.
voice='std::(cout|cerr|clog|exit|abort|terminate|quick_exit|getenv)|fmt::print'
voice+='|(^|[^a-z_:.])(f?printf|puts|perror|exit|_exit|abort|getenv|secure_getenv)\('
forbid 'the library may not print, exit or read the environment' \
  "$voice" "${library[@]}"

# Paths and hosts of particular machines. The brackets keep this file from
# finding itself.
private='([^a-z.]|^)[/](work|home|root)/[a-z]|[/]tmp/[a-z]|regis[t]ry\.[a-z]+\.(org|com|io)'
private+='|localho[s]t|127\.0\.0\.[1]'
forbid 'a path or host of one machine' "$private" "${files[@]}"
finish
