#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Folders include only the folders that layers.txt names; third-party headers
# stay where they are meant to stay.
source "$(dirname "${BASH_SOURCE[0]}")/report.sh"

# folder_of PATH: "core" for "ompq/core/error.h".
folder_of() { cut -d/ -f2 <<<"$1"; }

declare -A allowed
while IFS=: read -r folder others; do
  [[ "$folder" == \#* || -z "$folder" ]] || allowed[$folder]=" $others "
done < <(sed 's/$/ /' "$rules/layers.txt")

while IFS=: read -r file line text; do
  folder=$(folder_of "$file")
  included=$(sed 's/.*"ompq\/\([^/"]*\)[/"].*/\1/' <<<"$text")
  # ompq/version.h is generated and belongs to no folder.
  [[ "$included" != "$folder" && "$included" != version.h ]] || continue
  if [[ -z "${allowed[$folder]+set}" ]]; then
    complain "$file:$line: folder '$folder' is not in layers.txt"
  elif [[ "${allowed[$folder]}" != *" $included "* ]]; then
    complain "$file:$line: '$folder' may not include '$included'"
  fi
done < <(grep -rnE '^#include "ompq/[^/"]+/' ompq --include='*.h' \
  --include='*.cpp')

# only_in WHAT INCLUDE-PATTERN FILE-PATTERN: headers stay in certain files.
only_in() {
  local hit
  while read -r hit; do
    grep -qE "$3" <<<"${hit%%:*}" ||
      complain "$hit: $1 may not be included here"
  done < <(grep -rnE "^#include [<\"]($2)" ompq cli --include='*.h' \
    --include='*.cpp')
}

tensors='engine|metrics|quantization|reconstruction|training|export|pipeline'
only_in libtorch '(torch|ATen|c10|caffe2)/' "^ompq/($tensors)/"
only_in oneDNN 'dnnl|oneapi/' '^ompq/engine/'
only_in protobuf 'onnx/|google/protobuf/' '^ompq/graph/onnx_'
only_in COIN-OR '(coin/)?(Cbc|Clp|Coin|Osi)' '^ompq/allocation/[a-z_]+\.cpp'
only_in 'the image libraries' 'jpeglib|png\.h|jerror|zlib' '^ompq/data/'
only_in CLI11 'CLI/' '^cli/'
only_in 'a header of the programs' 'cli/' '^cli/'
finish
