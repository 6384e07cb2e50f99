#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# interrupt.sh PROGRAM: Ctrl-C leaves what is done and says how to go on, and the
# line that it prints does go on.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  printf '%s\n' "$*" "$(cat message)" >&2
  exit 1
}

# A background job of a script ignores SIGINT unless it is told otherwise.
set -m
"$program" demo --samples 32 --images 10 -o 'my result' >/dev/null 2>message &
for ((i = 0; i < 1200; ++i)); do
  compgen -G 'my result/checkpoint/unit_*' >/dev/null && break
  sleep 0.05
done
kill -INT %1
status=0
wait %1 || status=$?
((status == 130)) || fail "status $status"
line="ompq demo --samples 32 --images 10 -o 'my result'"
grep -qxF "ompq: to go on: $line" message || fail "no line to go on"
[[ ! -e 'my result/record.json' ]] || fail "there is a record already"

eval "${line/#ompq/"$program"}" >/dev/null 2>message || fail "it does not go on"
grep -q '"resumed_units": [1-9]' 'my result/record.json' ||
  fail "nothing was kept"
