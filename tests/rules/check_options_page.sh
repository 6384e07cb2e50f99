#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_options_page.sh PROGRAM: docs/options.md is what the program prints.
source "$(dirname "${BASH_SOURCE[0]}")/report.sh"

diff -u docs/options.md <("$1" help --markdown) ||
  complain 'docs/options.md is out of date: ompq help --markdown > docs/options.md'
finish
