#!/bin/sh
# Builds the fuzzers of the parsers with clang, and runs one after the other from its corpus.
#
#   tests/fuzz/fuzz.sh [--seconds N | --runs N] [NAME...]
#
# Each runs for N seconds (60), or until it has tried N inputs. What makes one fail is left as
# build/fuzz/found/NAME-..., and goes to tests/fuzz/corpus/NAME when it is mended. Ends with 77
# where there is no clang.
set -eu
cd "$(dirname "$0")/../.."

limit=-max_total_time=60
case ${1-} in
    --seconds) limit=-max_total_time=$2; shift 2 ;;
    --runs) limit=-runs=$2; shift 2 ;;
esac
command -v clang++ >/dev/null || { echo "fuzz: no clang: tools/setup.sh --dev" >&2; exit 77; }

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
if [ $# -eq 0 ]; then
    for corpus in tests/fuzz/corpus/*; do set -- "$@" "${corpus##*/}"; done
fi
mkdir -p build/fuzz/found
failed=""
for name in "$@"; do
    grown=build/fuzz/grown/$name # what has reached new places before
    log=build/fuzz/$name.log
    mkdir -p "$grown"
    code=0
    "build/fuzz/fuzz-$name" "$limit" -max_len=1024 -timeout=10 -rss_limit_mb=4096 \
        -print_final_stats=1 "-artifact_prefix=build/fuzz/found/$name-" \
        "$grown" "tests/fuzz/corpus/$name" >"$log" 2>&1 || code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$code" -eq 0 ]; then
        echo "fuzz: $name: $runs runs, nothing found"
    else
        failed="$failed $name"
        echo "fuzz: $name: FAILED after ${runs:-?} runs, see $log"
        tail -n 40 "$log"
    fi
done
[ -z "$failed" ] || { echo "fuzz: failed:$failed" >&2; exit 1; }
