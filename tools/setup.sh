#!/bin/sh
# Installs the Debian packages that the project needs and lacks; says which; does nothing when all
# are there. With --dev also what tools/check.sh, tests/fuzz and tools/contend.py need; ruff, which
# Debian 12 lacks, comes from PyPI into build/lint; with --browser what `make test-page` needs.
set -eu
cd "$(dirname "$0")/.."

packages="
    g++ cmake ninja-build make pkg-config git ccache
    libtorch-dev libopenblas0-pthread libopencv-dev
    libavcodec-dev libavformat-dev libavfilter-dev libavutil-dev libswresample-dev libswscale-dev
    ffmpeg libcli11-dev nlohmann-json3-dev libfmt-dev libasio-dev libxxhash-dev libzstd-dev
    libdraco-dev liblzf-dev libpng-dev libfccp-dev libjs-chart.js
    libespeak-ng-dev espeak-ng-data flite1-dev
    libsqlitecpp-dev libsqlite3-dev libjemalloc-dev libgtest-dev libgmock-dev libbenchmark-dev
    python3 python3-torch python3-torchvision python3-opencv python3-matplotlib
"
ruff_version="0.17.6"

case "${1-}" in
    "") ;;
    --browser) packages="$packages chromium chromium-driver python3-selenium" ;;
    --dev) packages="$packages clang libclang-rt-14-dev clang-format clang-tidy shellcheck python3-venv
        stress-ng" ;;
    *) echo "usage: tools/setup.sh [--dev|--browser]" >&2; exit 2 ;;
esac

install_missing() {
    missing=""
    for package in $packages; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        [ "$state" = "install ok installed" ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    echo "Installing:$missing"
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        as_root="sudo"
        command -v sudo >/dev/null || {
            echo "neither root nor sudo: ask an administrator to install the packages above" >&2
            exit 1
        }
    fi
    $as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of words
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing
}

install_missing
[ "${1-}" = --dev ] || exit 0
[ "$(build/lint/bin/ruff --version 2>/dev/null)" != "ruff $ruff_version" ] || exit 0
echo "Installing: ruff $ruff_version"
/usr/bin/python3 -m venv build/lint
build/lint/bin/pip install --quiet "ruff==$ruff_version"
