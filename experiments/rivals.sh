#!/bin/bash
# Plays the rivals of each family of knobs beside OneAdapt's two updates, this project's own scheme,
# the static configurations and the oracles, on the first seconds of each clip of the test streams of
# minutes; writes results/long, and prints what the three save over each.
#
#   experiments/rivals.sh                             all of it: hours from a cold trace, which can
#                                                     be stopped
#   experiments/rivals.sh lidar-tiles                 one row; names are those of the folders
#   experiments/rivals.sh --model coco-detector.pt    the rows of a real street instead, vtest.avi of
#                                                     Debian's opencv-doc (tools/real_recordings.py
#                                                     installs it), with a detector that one brings:
#                                                     a TorchScript file with its sidecar
#                                                     (docs/using.md) that finds persons
#   experiments/rivals.sh --model coco-detector.pt vtest-encoding
set -euo pipefail
cd "$(dirname "$0")/.."

only=
model=
while (($#)); do
    case $1 in
        --help)
            sed -n '2,/^set /{/^set /d; s/^# \?//p}' experiments/rivals.sh
            exit
            ;;
        --model)
            model=${2:-}
            if [[ ! -f $model ]]; then
                echo "experiments/rivals.sh: --model '$model': name a TorchScript file" >&2
                exit 2
            fi
            shift
            ;;
        -*)
            echo "experiments/rivals.sh: no option '$1'; --help says which there are" >&2
            exit 2
            ;;
        *) only=$1 ;;
    esac
    shift
done

mine=oneadapt,oneadapt-bounded,calibrated
played=0
play() {
    local name=$1 rivals=$2
    shift 2
    [[ -z $only || $only == "$name" ]] || return 0
    build/release/oneadapt-sim --quiet --out "results/long/$name" \
        --scheme "$mine,pixel-difference,static,oracle-static,$rivals" "$@"
    played=1
    /usr/bin/python3 tools/rivals_table.py --schemes "$mine" "results/long/$name"
}
row() {
    local name=$1 dataset=$2 seconds=$3 rivals=$4
    shift 4
    [[ -z $model ]] || return 0
    play "$name" "$rivals" --dataset "datasets/$dataset-long-test.json" --duration "$seconds" "$@"
}
street() {
    local name=$1 rivals=$2
    shift 2
    [[ -n $model ]] || return 0
    play "$name" "$rivals" --dataset datasets/real/vtest.json --model "$model" "$@"
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

street vtest-qp awstream,chameleon,oracle
street vtest-encoding awstream,chameleon,casva,videostorm,oracle --knob qp,resolution,framerate \
    "${qps[@]}" "${sizes[@]}" "${rates[@]}"
street vtest-filter reducto,videostorm,oracle-frames --knob filter-pixel
street vtest-filter-gpu reducto,glimpse,videostorm,oracle-frames --knob filter-pixel --weight-gpu 1
street vtest-macroblock dds,eaar,videostorm --knob macroblock "${some[@]}" \
    --values macroblock=24,26,28,30,32,34,36,38,40,42

if ((!played)); then
    echo "experiments/rivals.sh: no row '$only'; ls results/long shows the names, vtest-* with --model" >&2
    exit 2
fi
