# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# What the build and the tests need from the system, in one place. Sourced by
# demo.sh and test.sh; changes nothing where everything is installed.

# Compilers, libraries, and what the default preset configures.
build_packages=(
  g++ cmake ninja-build pkg-config ccache
  libtorch-dev libopenblas0-pthread libdnnl-dev libhwy-dev
  libonnx-dev libprotobuf-dev protobuf-compiler
  coinor-libcbc-dev coinor-libclp-dev
  libjpeg-dev libpng-dev zlib1g-dev libssl-dev
  libcli11-dev libfmt-dev nlohmann-json3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
)

# Only the tests use these: a browser for reports, shells that complete command
# lines, a reader of manual pages.
test_packages=(libonnx-testdata chromium zsh fish mandoc)

# node_packages: what is missing of Node.js and npm; those from elsewhere will do.
node_packages() {
  command -v node >/dev/null || printf 'nodejs\n'
  command -v npm >/dev/null || printf 'npm\n'
}

# page_packages: what is missing to build the report page, which is kept beside
# its sources; nothing where it is there.
page_packages() {
  [[ -s ompq/report/page/dist/page.html ]] || node_packages
}

# install_node_modules FOLDER: what its package-lock.json names. No script of a
# package runs.
install_node_modules() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed-from" && return
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund </dev/null &&
    cp "$1/package-lock.json" "$1/node_modules/.installed-from"
}

# missing_packages NAME...: those of the packages that are not installed.
missing_packages() {
  local package status
  for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) ||
      status=""
    [[ "$status" == ii* ]] || printf '%s\n' "$package"
  done
}

# install_dependencies NAME...: installs the packages that are missing. Exits
# with 2 and says what to install where that cannot be done.
install_dependencies() {
  [[ "${OMPQ_SKIP_DEPENDENCIES:-}" != 1 ]] || return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    explain_dependencies "this system has no apt-get" "$@"
  fi
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  local -a root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      explain_dependencies "installing needs root, and there is no sudo" \
        "${missing[@]}"
    root=(sudo)
  fi
  printf 'installing %d packages: %s\n' "${#missing[@]}" "${missing[*]}" >&2
  local -a apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  "${apt[@]}" update </dev/null >&2 || true
  "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null >&2 ||
    explain_dependencies "apt-get could not install them" "${missing[@]}"
}

# explain_dependencies REASON NAME...: says what is needed and exits.
explain_dependencies() {
  local reason=$1
  shift
  {
    printf '%s; ompq needs these Debian 12 packages (or what they are called\n' \
      "$reason"
    printf 'elsewhere):\n'
    printf '  %s\n' "$@"
    printf 'Install them, then run again with OMPQ_SKIP_DEPENDENCIES=1.\n'
  } >&2
  exit 2
}

# configure_and_build TARGET...: the release preset; compiles through ccache
# where that is installed.
configure_and_build() {
  local -a launcher=()
  if command -v ccache >/dev/null; then
    export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
    export CCACHE_SLOPPINESS=pch_defines,time_macros
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  cmake --preset release --log-level=WARNING "${launcher[@]}" &&
    cmake --build --preset release --target "$@"
}
