#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Folders include only the folders that layers.txt names; third-party headers
# stay where they are meant to stay.
source "$(dirname "${BASH_SOURCE[0]}")/report.sh"

while read -r complaint; do
  complain "$complaint"
done < <(grep -rnE '^#include "ompq/[^/"]+/' ompq --include='*.h' \
  --include='*.cpp' | awk -F'[/:"]' '
    NR == FNR {
      if ($0 ~ /^[a-z]/) {
        known[$1] = 1
        count = split(substr($0, length($1) + 2), others, " ")
        for (i = 1; i <= count; ++i) allowed[$1, others[i]] = 1
      }
      next
    }
    {
      # ompq / FOLDER / file.h : LINE : #include " ompq / INCLUDED / ...
      match($0, /#include "ompq\/[^\/]+/)
      included = substr($0, RSTART + 15, RLENGTH - 15)
      if (included == $2) next
      if (!($2 in known)) print $0 ": the folder is not in layers.txt"
      else if (!(($2, included) in allowed))
        print $0 ": \047" $2 "\047 may not include \047" included "\047"
    }' "$rules/layers.txt" -)

# only_in WHAT INCLUDE-PATTERN FILE-PATTERN: headers stay in certain files.
only_in() {
  local hit
  while read -r hit; do
    grep -qE "$3" <<<"${hit%%:*}" ||
      complain "$hit: $1 may not be included here"
  done < <(grep -rnE "^#include [<\"]($2)" ompq cli --include='*.h' \
    --include='*.cpp')
}

tensors='engine|metrics|quantization|reconstruction|sensitivity|training|export'
tensors+='|pipeline'
only_in libtorch '(torch|ATen|c10|caffe2)/' "^ompq/($tensors)/"
only_in oneDNN 'dnnl|oneapi/' '^ompq/engine/'
only_in protobuf 'onnx/|google/protobuf/' '^ompq/graph/onnx_'
only_in COIN-OR '(coin/)?(Cbc|Clp|Coin|Osi)' '^ompq/allocation/[a-z_]+\.cpp'
only_in 'the image libraries' 'jpeglib|png\.h|jerror|zlib' '^ompq/data/'
only_in CLI11 'CLI/' '^cli/'
only_in 'a header of the programs' 'cli/' '^cli/'
finish
