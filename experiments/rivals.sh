#!/bin/bash
# Plays the rivals of each family of knobs beside OneAdapt's two updates, this project's own scheme,
# the static configurations and the oracles, on the first seconds of each clip of the test streams of
# minutes; writes results/long, and prints what the three save over each.
#
#   experiments/rivals.sh              all of it: hours from a cold trace, which can be stopped
#   experiments/rivals.sh lidar-tiles  one row; names are those of the folders
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
mine=oneadapt,oneadapt-bounded,calibrated
played=0
row() {
    local name=$1 dataset=$2 seconds=$3 rivals=$4
    shift 4
    [[ -z $only || $only == "$name" ]] || return 0
    build/release/oneadapt-sim --quiet --out "results/long/$name" \
        --dataset "datasets/$dataset-long-test.json" --duration "$seconds" \
        --scheme "$mine,pixel-difference,static,oracle-static,$rivals" "$@"
    played=1
    /usr/bin/python3 tools/rivals_table.py --schemes "$mine" "results/long/$name"
}

qps=(--values "qp=20,26,34,42,50")
sizes=(--values "resolution=1,0.67,0.47")
rates=(--values "framerate=10,5,2")
# Where each region has a value of its own little is shared between schemes and weights.
some=(--weights "0.02,0.058,0.168,0.487,1.41,4.1,11.9")

row qp street 60 awstream,chameleon,oracle
row qp-coarse street 60 awstream,chameleon,oracle "${qps[@]}"
row qp-resolution street 60 awstream,chameleon,oracle --knob qp,resolution "${qps[@]}" "${sizes[@]}"
row qp-framerate street 60 awstream,chameleon,oracle --knob qp,framerate "${qps[@]}" "${rates[@]}"
row encoding street 60 awstream,chameleon,casva,videostorm,oracle \
    --knob qp,resolution,framerate "${qps[@]}" "${sizes[@]}" "${rates[@]}"
row filter-pixel street 60 reducto,videostorm,oracle-frames --knob filter-pixel
row filter-pixel-gpu street 60 reducto,glimpse,videostorm,oracle-frames --knob filter-pixel \
    --weight-gpu 1
row macroblock street 60 dds,accmpeg,eaar,glimpse,videostorm \
    --knob macroblock "${some[@]}"
row macroblock-segment street-segment 40 dds,videostorm --task segment \
    --knob macroblock "${some[@]}"
row macroblock-infrared street-infrared 40 dds,eaar --input infrared \
    --knob macroblock "${some[@]}"
row macroblock-depth street-depth 40 depth-regions,dds,eaar \
    --input depth --knob macroblock "${some[@]}"
row resolution-segment street-segment 40 awstream,chameleon,cloudseg,videostorm,oracle \
    --task segment --knob resolution
row lidar-tiles street-lidar 60 range-rings,dds --task lidar --knob lidar-tiles \
    "${some[@]}"
row sound speech 300 voice-activity,awstream,chameleon,videostorm,oracle --task transcribe \
    --knob sample-rate
row sound-bitrate speech 300 voice-activity,awstream,chameleon,videostorm,oracle \
    --task transcribe --knob audio-bitrate

if ((!played)); then
    echo "experiments/rivals.sh: no row '$only'; ls results/long shows the names" >&2
    exit 2
fi
