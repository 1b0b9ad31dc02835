#!/bin/bash
# Runs every task on each of its inputs with the knobs that mean something to them, on the first
# seconds of each clip of the test streams of minutes, into results/matrix; and writes table.md
# there. From a cold trace this takes hours on two cores; what was measured is kept, so that it can
# be stopped and gone on with at any time.
#
#   experiments/matrix.sh             all of it
#   experiments/matrix.sh lidar-bits  one row; names are those of the folders
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
    --help)
        sed -n '2,/^set /{/^set /d; s/^# \?//p}' experiments/matrix.sh
        exit
        ;;
    -*)
        echo "experiments/matrix.sh: no option '$1'; --help says which there are" >&2
        exit 2
        ;;
esac

# The stream of minutes that a row is played on, and the seconds of each of its clips.
stream_of() {
    local seconds=30
    [[ $1 == detect-video-* || $1 == lidar-* ]] && seconds=40
    # Where each region has a value of its own little is shared between schemes and weights.
    [[ $1 == *-macroblock || $1 == *-blocks-* || $1 == *-tiles ]] && seconds=20
    case $1 in
        detect-video-*) echo street-long-test $seconds ;;
        detect-infrared-*) echo street-infrared-long-test $seconds ;;
        detect-depth-*) echo street-depth-long-test $seconds ;;
        segment-*) echo street-segment-long-test $seconds ;;
        lidar-*) echo street-lidar-long-test $seconds ;;
        transcribe-*) echo speech-long-test 300 ;;
    esac
}

rows=()
row() {
    local name=$1 dataset seconds
    shift
    [[ -z $only || $only == "$name" ]] || return 0
    read -r dataset seconds < <(stream_of "$name")
    build/release/oneadapt-sim --quiet --out "results/matrix/$name" \
        --dataset "datasets/$dataset.json" --duration "$seconds" "$@"
    rows+=("results/matrix/$name")
}

only=${1:-}
video_knobs=(qp resolution framerate bframe-bias filter-pixel filter-area filter-edge macroblock)
for knob in "${video_knobs[@]}"; do
    row "detect-video-$knob" --task detect --knob "$knob"
done
row detect-video-filter-area-gpu --task detect --knob filter-area --weight-gpu 1
for blocks in 1 4 16 64; do
    row "detect-video-blocks-$blocks" --task detect --knob macroblock \
        --scheme oneadapt,oneadapt-bounded,static --weights 1.41,4.1,11.9 \
        --set "oneadapt.blocks=$blocks" --set "oneadapt-bounded.blocks=$blocks"
done
row detect-video-model-gpu --task detect --knob model --weight-gpu 1
row detect-video-joint --task detect --knob qp,resolution,filter-pixel \
    --values qp=20,26,34,42,50 --values resolution=1,0.67,0.47 --values filter-pixel=0,0.05,0.2
for input in infrared depth; do
    for knob in "${video_knobs[@]}"; do
        row "detect-$input-$knob" --task detect --input "$input" --knob "$knob"
    done
done
for knob in "${video_knobs[@]}"; do
    row "segment-video-$knob" --task segment --knob "$knob"
done
row lidar-bits --task lidar --knob lidar-bits
row lidar-points --task lidar --knob lidar-points
row lidar-framerate --task lidar --knob framerate
row lidar-tiles --task lidar --knob lidar-tiles
row transcribe-sample-rate --task transcribe --knob sample-rate
row transcribe-audio-bitrate --task transcribe --knob audio-bitrate
row transcribe-both --task transcribe --knob sample-rate,audio-bitrate
row transcribe-model-gpu --task transcribe --knob model --weight-gpu 1

if ((${#rows[@]} == 0)); then
    echo "experiments/matrix.sh: no row '$only'; ls results/matrix shows the names" >&2
    exit 2
fi
if [[ -n $only ]]; then
    /usr/bin/python3 tools/matrix_table.py "${rows[@]}"
else
    {
        /usr/bin/python3 tools/matrix_table.py --short "${rows[@]}"
        echo
        /usr/bin/python3 tools/matrix_table.py "${rows[@]}"
    } > results/matrix/table.md
fi
