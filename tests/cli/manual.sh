#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# manual.sh PROGRAM: the manual page is well formed and names every command.
# Status 77 = skipped, as nothing here reads manual pages.
set -euo pipefail
page=$(mktemp)
trap 'rm -f "$page"' EXIT
"$1" help --man >"$page"

if command -v mandoc >/dev/null; then
  complaints=$(mandoc -Tlint -W warning "$page" 2>&1) || true
  text=$(mandoc -Tascii "$page" | sed 's/.\x08//g')
elif command -v groff >/dev/null; then
  complaints=$(groff -man -ww -Tascii "$page" 2>&1 >/dev/null)
  text=$(groff -man -Tascii -P-c "$page" | sed 's/.\x08//g')
else
  echo 'skipped: neither mandoc nor groff is installed'
  exit 77
fi
# A page without a date says nothing wrong.
complaints=$(grep -v 'missing date' <<<"$complaints" || true)
[[ -z "$complaints" ]] || {
  printf '%s\n' "$complaints" >&2
  exit 1
}
for word in 'ompq quantize' '--first-last' 'COMMON OPTIONS' 'Exit status'; do
  grep -qF -- "$word" <<<"$text" || {
    printf "the page does not name '%s'\n" "$word" >&2
    exit 1
  }
done
