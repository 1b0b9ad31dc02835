#!/bin/bash
# Plays the rivals of each family of knobs beside OneAdapt's two updates, this project's own scheme,
# the static configurations and the oracles that may choose as finely, on the embedded clips; writes
# results/rivals, and prints what the three save over each.
#
#   experiments/rivals.sh              all of it
#   experiments/rivals.sh lidar-tiles  one row; names are those of the folders
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
mine=oneadapt,oneadapt-bounded,calibrated
row() {
    local name=$1 rivals=$2
    shift 2
    [[ -z $only || $only == "$name" ]] || return 0
    build/release/oneadapt-sim --quiet --out "results/rivals/$name" \
        --scheme "$mine,pixel-difference,static,oracle-static,$rivals" "$@"
    /usr/bin/python3 tools/rivals_table.py --schemes "$mine" "results/rivals/$name"
}

# Where each region has a value of its own little is shared between schemes and weights.
some=(--weights "0.168,0.487,1.41,4.1,11.9")

row encoding awstream,chameleon,casva,videostorm,oracle --knob qp,resolution,framerate \
    --values qp=20,26,34,42,50 --values resolution=1,0.67,0.47 --values framerate=10,5,2
row filter-pixel reducto,videostorm,oracle-frames --knob filter-pixel
row filter-pixel-gpu reducto,glimpse,videostorm,oracle-frames --knob filter-pixel --weight-gpu 1
row macroblock dds,accmpeg,eaar,eaar-oracle,glimpse,videostorm,oracle-regions --knob macroblock \
    "${some[@]}"
row macroblock-segment dds,videostorm,oracle-regions --task segment --knob macroblock "${some[@]}"
row macroblock-depth depth-regions,dds,eaar,eaar-oracle,oracle-regions --input depth \
    --knob macroblock "${some[@]}"
row macroblock-infrared dds,eaar,eaar-oracle,oracle-regions --input infrared --knob macroblock \
    "${some[@]}"
row resolution-segment awstream,chameleon,cloudseg,videostorm --task segment --knob resolution
row lidar-tiles range-rings,dds,oracle-regions --task lidar --knob lidar-tiles \
    --weights "0.02,0.058,0.168,0.487,1.41,4.1,11.9"
row sound voice-activity,awstream,chameleon,videostorm,oracle --task transcribe --knob sample-rate
row sound-bitrate voice-activity,awstream,chameleon,videostorm,oracle --task transcribe \
    --knob audio-bitrate
