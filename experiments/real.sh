#!/bin/bash
# Plays the schemes on a real street, vtest.avi of Debian's opencv-doc (tools/real_recordings.py
# installs it), with a detector that one brings: a TorchScript file with its sidecar (docs/using.md)
# that finds persons. Writes results/long/vtest-*.
#
#   experiments/real.sh coco-detector.pt                 all of it
#   experiments/real.sh coco-detector.pt vtest-encoding  one row
set -euo pipefail
cd "$(dirname "$0")/.."

model=${1:?name a TorchScript file}
only=${2:-}
mine=oneadapt,oneadapt-bounded,calibrated
played=0
row() {
    local name=$1 rivals=$2
    shift 2
    [[ -z $only || $only == "$name" ]] || return 0
    build/release/oneadapt-sim --quiet --out "results/long/$name" --model "$model" \
        --dataset datasets/real/vtest.json \
        --scheme "$mine,pixel-difference,static,oracle-static,$rivals" "$@"
    played=1
    /usr/bin/python3 tools/rivals_table.py --schemes "$mine" "results/long/$name"
}

row vtest-qp awstream,chameleon,oracle
row vtest-encoding awstream,chameleon,casva,videostorm,oracle --knob qp,resolution,framerate \
    --values qp=20,26,34,42,50 --values resolution=1,0.67,0.47 --values framerate=10,5,2
row vtest-filter reducto,videostorm,oracle-frames --knob filter-pixel
row vtest-filter-gpu reducto,glimpse,videostorm,oracle-frames --knob filter-pixel --weight-gpu 1
row vtest-macroblock dds,eaar,videostorm --knob macroblock \
    --values macroblock=24,26,28,30,32,34,36,38,40,42 \
    --weights 0.02,0.058,0.168,0.487,1.41,4.1,11.9

if ((!played)); then
    echo "experiments/real.sh: no row '$only'; ls results/long shows the names" >&2
    exit 2
fi
