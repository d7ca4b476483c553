#!/usr/bin/env bash
# Brings what the gateway needs from Debian: `tests/deps.sh build` to build and run it,
# `tests/deps.sh bench` for the benches as well, `tests/deps.sh compare` to compare with other
# servers, `tests/deps.sh sweep` to draw what a message costs, `tests/deps.sh test` for benches and
# tests, `tests/deps.sh fuzz` for fuzzing. Installs only what is missing, and only as root; anyone
# else is told the command to run. The second time there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(
  cmake ninja-build g++ ccache pkg-config
  libboost1.81-dev libsimdjson-dev prometheus-cpp-dev libtomlplusplus-dev libcli11-dev
  libspdlog-dev libssl-dev zlib1g-dev libcurl4-openssl-dev
)
fuzz_packages=(
  cmake ninja-build ccache libsimdjson-dev libboost1.81-dev libssl-dev python3
  clang-19 libclang-rt-19-dev llvm-19
)
bench_packages=(libbenchmark-dev python3)
sweep_packages=(python3-matplotlib)
test_packages=(libgtest-dev libgmock-dev "${bench_packages[@]}" chromium openssl)

installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

install_missing() {
  local missing=() package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)); then
    echo "Packages are missing. Install them and try again:" >&2
    echo "  sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

# Debian's package `prometheus` would start a server, so only its promtool is taken out.
fetch_promtool() {
  local target=build/tools/usr/bin/promtool
  if [[ -x $target ]]; then return; fi
  mkdir -p build/tools/usr/bin
  if command -v promtool >/dev/null; then
    ln -s "$(command -v promtool)" "$target"
    return
  fi
  (
    cd build/tools
    apt-get download prometheus || { apt-get update && apt-get download prometheus; }
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
    rm prometheus_*.deb
  )
}

# What the tests under Node import; a lock file fixes every version, and no package runs a script.
install_node_modules() {
  local folder
  for folder in "$@"; do
    if [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then continue; fi
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund
  done
}

# Node often comes from elsewhere, and that conflicts with Debian's packages: what counts is that
# the commands are there. Answers what is missing.
node_packages() {
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

case "${1:-}" in
  build) install_missing "${build_packages[@]}" ;;
  bench) install_missing "${build_packages[@]}" "${bench_packages[@]}" ;;
  compare)
    install_missing "${build_packages[@]}" "${bench_packages[@]}" $(node_packages)
    install_node_modules tests/e2e
    ;;
  sweep) install_missing "${build_packages[@]}" "${bench_packages[@]}" "${sweep_packages[@]}" ;;
  test)
    install_missing "${build_packages[@]}" "${test_packages[@]}" $(node_packages)
    fetch_promtool
    install_node_modules tests/e2e tests/conformance
    ;;
  fuzz) install_missing "${fuzz_packages[@]}" ;;
  *)
    echo "usage: tests/deps.sh build|bench|compare|sweep|test|fuzz" >&2
    exit 2
    ;;
esac
