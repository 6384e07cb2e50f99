#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build_foreign_project.sh BUILD-FOLDER CMAKE VERSION
set -euo pipefail
build=$1 cmake=$2 version=$3
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/project" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The tree is moved after the installation: nothing may depend on its place.
"$cmake" --install "$build" --prefix "$folder/first" >"$folder/install.log" ||
  { cat "$folder/install.log"; fail "cmake --install failed"; }
mv "$folder/first" "$folder/moved"

"$cmake" -S "$project" -B "$folder/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$folder/moved" -DOMPQ_WANTED="${version%.*}"
"$cmake" --build "$folder/build"
[[ "$("$folder/build/base_user")" == "1572864 $version" ]] ||
  fail "the program that uses ompq::base prints something else"
[[ "$("$folder/build/torch_user")" == 1 ]] ||
  fail "the program that uses ompq::ompq prints something else"

# Before 1.0 another minor version is another interface.
if "$cmake" -S "$project" -B "$folder/newer" -G Ninja \
  -DCMAKE_PREFIX_PATH="$folder/moved" -DOMPQ_WANTED=0.99 \
  >"$folder/newer.log" 2>&1; then
  fail "version 0.99 was accepted"
fi

program="$folder/moved/bin/ompq"
[[ "$("$program" --version)" == "ompq $version" ]] ||
  fail "the installed program does not start"

# The other program is found in libexec, and it reports the broken model.
printf 'no model' >"$folder/broken.onnx"
status=0
"$program" eval "$folder/broken.onnx" --data "$folder" \
  2>"$folder/message" || status=$?
[[ "$status" == 3 ]] || fail "status $status: $(cat "$folder/message")"
grep -q 'broken.onnx' "$folder/message" || fail "$(cat "$folder/message")"

# Shells and man find what belongs to the program.
share="$folder/moved/share"
for file in bash-completion/completions/ompq zsh/site-functions/_ompq \
  fish/vendor_completions.d/ompq.fish man/man1/ompq.1; do
  grep -q quantize "$share/$file" || fail "$share/$file is missing or empty"
done

# refuses_to_export TEXT: the library is missing or wrong, and nothing is written.
refuses_to_export() {
  local status=0
  "$program" export "$folder/demo" --profile qonnx -o "$folder/qonnx.onnx" \
    2>"$folder/message" || status=$?
  [[ "$status" == 3 ]] || fail "status $status: $(cat "$folder/message")"
  grep -q "$1" "$folder/message" || fail "$(cat "$folder/message")"
  [[ ! -e "$folder/qonnx.onnx" ]] || fail "something was written"
}

# 'export' loads the library with tensors itself, wherever the tree is, and says
# what is wrong where there is none or another one.
"$program" demo --images 50 --samples 16 --quiet -o "$folder/demo" >/dev/null
"$program" export "$folder/demo" --profile fast -o "$folder/fast.onnx" |
  grep -q compared || fail "the installed program does not export"
library=$(ls "$folder"/moved/lib*/libompq.so.?)
rm "$folder"/moved/lib*/libompq.so*
refuses_to_export 'libompq.*incomplete'
cp "${library/libompq/libompq_base}" "$library"
refuses_to_export 'libompq.*is not of version'
