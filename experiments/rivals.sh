#!/bin/bash
# Plays the rivals of each family of knobs beside OneAdapt's two updates, the static configurations
# and the oracles that may choose as finely, on the embedded clips; writes results/rivals, and from
# it results/rivals/table.md: what the two updates save over each.
#
#   experiments/rivals.sh              all of it
#   experiments/rivals.sh lidar-tiles  one row; names are those of the folders
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
row() {
    local name=$1 rivals=$2
    shift 2
    [[ -z $only || $only == "$name" ]] || return 0
    build/release/oneadapt-sim --quiet --out "results/rivals/$name" \
        --scheme "oneadapt,oneadapt-bounded,pixel-difference,static,oracle,oracle-static,$rivals" "$@"
    /usr/bin/python3 tools/matrix_table.py --short --over "static,$rivals" "results/rivals/$name" \
        > "results/rivals/$name/table.md"
}

row filter-pixel reducto,videostorm,oracle-frames --knob filter-pixel
row filter-pixel-gpu reducto,glimpse,videostorm,oracle-frames --knob filter-pixel --weight-gpu 1
row macroblock glimpse,eaar,eaar-oracle,videostorm,oracle-regions --knob macroblock
row depth-macroblock depth-regions,eaar,eaar-oracle,oracle-regions --input depth --knob macroblock
row lidar-tiles range-rings,oracle-regions --task lidar --knob lidar-tiles
row sound voice-activity,videostorm --task transcribe --knob sample-rate
row sound-bitrate voice-activity,videostorm --task transcribe --knob audio-bitrate

cat results/rivals/*/table.md > results/rivals/table.md
