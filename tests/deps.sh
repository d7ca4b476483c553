#!/usr/bin/env bash
# Brings what the gateway needs from Debian: `tests/deps.sh build` to build and run it,
# `tests/deps.sh bench` for the benches as well, `tests/deps.sh compare` to compare with other
# servers, `tests/deps.sh sweep` to draw what a message costs, `tests/deps.sh test` for benches and
# tests, `tests/deps.sh fuzz` for fuzzing. Installs only what is missing, and only as root; anyone
# else is told the command to run. The second time there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

# `a|b`: the first that is installed or that apt knows. Debian 12, 13 and Ubuntu 24.04 are covered.
boost='libboost1.81-dev|libboost-dev'  # 1.81 or newer; on Debian 12 the second is 1.74
build_packages=(
  cmake ninja-build g++ ccache pkg-config ca-certificates
  "$boost" libsimdjson-dev prometheus-cpp-dev libtomlplusplus-dev libcli11-dev
  libspdlog-dev libssl-dev zlib1g-dev libcurl4-openssl-dev
)
fuzz_packages=(
  cmake ninja-build ccache libsimdjson-dev "$boost" libssl-dev python3
  clang-19 libclang-rt-19-dev llvm-19
)
bench_packages=(libbenchmark-dev python3)
sweep_packages=(python3-matplotlib)
test_packages=(libgtest-dev libgmock-dev "${bench_packages[@]}" openssl)

installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

known() {
  [[ "$(LC_ALL=C apt-cache policy "$1")" == *'Candidate: '[0-9]* ]]
}

# Prints the one name to use of `a|b`: the last if neither is there.
resolve() {
  local name last=${1##*|}
  for name in ${1//|/ }; do
    if [[ $name == "$last" ]] || installed "$name" || known "$name"; then break; fi
  done
  echo "$name"
}

missing() {
  local name
  for name in "$@"; do
    name=$(resolve "$name")
    installed "$name" || echo "$name"
  done
}

install_missing() {
  local names
  names=$(missing "$@")
  if [[ -z $names ]]; then return; fi
  if ((EUID != 0)); then
    echo "Packages are missing. Install them and try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y" $names >&2
    exit 1
  fi
  apt-get update
  names=$(missing "$@")  # apt may know more names than before
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $names
}

download_promtool() {
  package=$(resolve 'promtool|prometheus')
  apt-get download "$package"
}

# Debian 12 and Ubuntu 24.04 have promtool in the package `prometheus`, which would start a server,
# so the command is taken out of the package and nothing is installed.
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
    download_promtool || { apt-get update && download_promtool; }
    dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x ./usr/bin/promtool
    rm "$package"_*.deb
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

# The browser may come from elsewhere as well. Ubuntu has Chromium only as a snap.
browser_packages() {
  if [[ -x ${CHROMIUM:-/usr/bin/chromium} ]]; then return; fi
  if grep -q '^ID=ubuntu' /etc/os-release; then
    echo "Ubuntu has no package of Chromium. Set CHROMIUM to the path of a Chrome or Chromium," >&2
    echo "or the tests of the page in a browser will fail." >&2
  else
    echo chromium
  fi
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
    install_missing "${build_packages[@]}" "${test_packages[@]}" $(node_packages) \
      $(browser_packages)
    fetch_promtool
    install_node_modules tests/e2e tests/conformance
    ;;
  fuzz) install_missing "${fuzz_packages[@]}" ;;
  *)
    echo "usage: tests/deps.sh build|bench|compare|sweep|test|fuzz" >&2
    exit 2
    ;;
esac
