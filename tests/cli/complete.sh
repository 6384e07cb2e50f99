#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# complete.sh PROGRAM SHELL: what the shell completes with the program's script.
# Status 77 = skipped, as the shell is not installed.
set -euo pipefail
program=$1 shell=$2
command -v "$shell" >/dev/null || {
  echo "skipped: $shell is not installed"
  exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
script="$folder/script"
"$program" completion "$shell" >"$script"
touch "$folder/file.onnx"

complete_bash() {
  bash --norc -c '
    source "$1"
    read -ra COMP_WORDS <<<"$2"
    [[ "$2" != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    cd "$3" && _ompq && printf "%s\n" "${COMPREPLY[@]}"' \
    - "$script" "$1" "$folder"
}

# shellcheck disable=SC2016
complete_fish() {
  HOME="$folder" XDG_CONFIG_HOME="$folder" fish --no-config -c '
    source $argv[1]; cd $argv[3]; complete -C $argv[2]' \
    "$script" "$1" "$folder" | cut -f 1
}

# A shell at a pseudo terminal: zsh completes nowhere else. The list is printed
# below the line; what is the only one is written into it.
complete_zsh() {
  HOME="$folder" zsh -f -c '
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "cd $3; PROMPT=; RPROMPT=; unsetopt ZLE_BRACKETED_PASTE"
    zpty -w shell "autoload -Uz compinit; compinit -D -u; source $1"
    zpty -w shell "LISTMAX=9999; setopt NO_LIST_AMBIGUOUS; stty columns 200"
    zpty -w shell "print re""ady"
    while zpty -r -t shell line || { sleep 0.1; true; }; do
      [[ $line == *ready* ]] && break
    done
    zpty -w -n shell "$2"$'"'\\t'"'
    for ((i = 0; i < 20; ++i)); do
      sleep 0.1
      while zpty -r -t shell line; do print -r -- "$line"; done
    done
    zpty -d shell' - "$script" "$1" "$folder" |
    sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr -s '\r\a ' '\n'
}

# expect LINE WORD...: completing LINE offers each of the words.
expect() {
  local line=$1 word offered
  shift
  offered=$("complete_$shell" "$line")
  for word in "$@"; do
    grep -qxF -- "$word" <<<"$offered" || {
      printf "%s: '%s' does not offer '%s', but:\n%s\n" \
        "$shell" "$line" "$word" "$offered" >&2
      exit 1
    }
  done
}

expect 'ompq qu' quantize
expect 'ompq help ex' exit-status export
expect 'ompq quantize --metho' --method
expect 'ompq quantize --method ' nearest adaround block
expect 'ompq report fil' file.onnx
expect 'ompq search --config fil' file.onnx
expect 'ompq completion ' bash zsh fish
