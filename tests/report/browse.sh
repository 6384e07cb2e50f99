#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# browse.sh PROGRAM FOLDER: the reports of the program in a real browser;
# pictures of every view are left in the folder. Status 77 = skipped.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! command -v node >/dev/null || [[ ! -d "$here/node_modules" ]]; then
  echo "skipped: no Node.js, or 'npm ci' has not run in $here"
  exit 77
fi
exec node "$here/browse.mjs" "$1" "$2"
