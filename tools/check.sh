#!/bin/sh
# Checks how the sources are written.
#
#   tools/check.sh [--strict] [CHECK...]
#
# CHECKs, all of them unless some are named:
#   format  clang-format on every C++ file
#   tidy    clang-tidy on the C++ files that differ from main (on main: from the commit before), as
#           the preset dev compiles them
#   python  ruff on every Python file
#   shell   shellcheck on every script
#
# A check whose tool is missing is left out with a line that says so; --strict makes that a failure.
# `tools/setup.sh --dev` installs the tools.
set -u
cd "$(dirname "$0")/.." || exit 1

strict=""
failed=""
left_out=3  # what a check returns that cannot run

no() {
    echo "check: no $1: $2" >&2
    return $left_out
}

has() {
    command -v "$1" >/dev/null
}

check_format() {
    has clang-format || { no clang-format "tools/setup.sh --dev"; return; }
    git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format --dry-run -Werror
}

check_shell() {
    has shellcheck || { no shellcheck "tools/setup.sh --dev"; return; }
    git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck
}

check_python() {
    for ruff in build/lint/bin/ruff ruff; do
        has "$ruff" || continue
        "$ruff" check --quiet .
        return
    done
    no ruff "tools/setup.sh --dev, or pip install ruff"
}

# The commit to compare with: where the branch left main, or on main itself the commit before.
base() {
    fork=$(git merge-base HEAD main 2>/dev/null) || fork=""
    if [ -z "$fork" ] || [ "$fork" = "$(git rev-parse HEAD)" ]; then
        git rev-parse -q --verify HEAD~ || git rev-parse HEAD
    else
        echo "$fork"
    fi
}

check_tidy() {
    has clang-tidy || { no clang-tidy "tools/setup.sh --dev"; return; }
    cmake --preset dev >/dev/null || { no "build of the preset dev" "tools/setup.sh"; return; }
    changed=$(git diff --name-only --diff-filter=d "$(base)" -- '*.cpp')
    [ -n "$changed" ] || return 0
    echo "$changed" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/dev
}

if [ "${1-}" = --strict ]; then
    strict=yes
    shift
fi
[ $# -gt 0 ] || set -- format shell python tidy
for check in "$@"; do
    case $check in
        format | shell | python | tidy) ;;
        *) echo "check: '$check' is unknown: choose from format, shell, python, tidy" >&2; exit 2 ;;
    esac
    "check_$check"
    status=$?
    if [ $status -eq 0 ]; then
        echo "check: $check: passed"
    elif [ $status -eq $left_out ] && [ -z "$strict" ]; then
        echo "check: $check: left out"
    else
        failed="$failed $check"
    fi
done
[ -z "$failed" ] || { echo "check: failed:$failed" >&2; exit 1; }
