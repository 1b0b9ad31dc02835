#!/bin/bash
# Runs a sweep on a Slurm of this machine alone: slurmctld and slurmd on loopback, installed where
# they are missing. An array of four tasks, one of them killed and requeued while it records; the
# tables must be, byte for byte, those of a sweep without Slurm. Needs root, and stops what it
# started.
#
#   tests/slurm/slurm_test.sh build/release
set -euo pipefail

program=$(realpath "${1:?usage: tests/slurm/slurm_test.sh BUILD}")/oneadapt-sim
[[ $(id -u) -eq 0 ]] || { echo "slurm_test.sh: run it as root" >&2; exit 2; }

missing=()
for package in slurmctld slurmd slurm-client munge; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
        missing+=("$package")
done
if ((${#missing[@]} > 0)); then
    echo "Installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi

folder=$(mktemp -d)
started=()
stop() {
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    [[ -z ${keep:-} ]] || cp -r "$folder" "$keep"
    rm -rf "$folder"
}
trap stop EXIT

# ---- a Slurm of one node with four processors, whatever the machine has
mkdir -p "$folder"/{state,spool,run,work}
chmod 755 "$folder"
export SLURM_CONF=$folder/slurm.conf
host=$(hostname -s)
cat > "$SLURM_CONF" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobRequeue=1
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
dd if=/dev/urandom of="$folder/run/munge.key" bs=1024 count=1 2>/dev/null
chmod 400 "$folder/run/munge.key"
chown -R munge "$folder/run"
munged_options=(--foreground --key-file="$folder/run/munge.key" --socket="$folder/run/munge.socket"
    --pid-file="$folder/run/munged.pid" --log-file="$folder/run/munged.log"
    --seed-file="$folder/run/munged.seed")
setpriv --reuid=munge --regid=munge --clear-groups munged "${munged_options[@]}" &
started+=($!)
for ((i = 0; i < 50; ++i)); do
    [[ -S $folder/run/munge.socket ]] && break
    sleep 0.2
done
chmod 755 "$folder/run"
slurmctld -D &
started+=($!)
slurmd -D -N "$host" &
started+=($!)
for ((i = 0; i < 100; ++i)); do
    [[ $(sinfo -h -o %T 2>/dev/null || true) == idle ]] && break
    sleep 0.3
done
sinfo

# ---- a sweep of eight cells, without Slurm and with it
cd "$folder/work"
ffmpeg -loglevel error -f lavfi -i testsrc2=size=320x192:rate=10:duration=12 -c:v ffv1 clip.mkv
cat > spec.json <<SPEC
{"name": "loopback",
 "base": {"clips": ["clip.mkv"], "schemes": ["oneadapt", "chameleon", "static"],
          "weights": [0.1, 1, 10]},
 "axes": [{"knobs": [["qp"], ["resolution"]]}, {"link": [1, 4]},
          {"settings": [{"oneadapt": {"lr": 0.1}}, {"oneadapt": {"lr": 0.5}}]}]}
SPEC
"$program" sweep spec.json --quiet --out alone --trace alone.trace

"$program" submit spec.json --array 4 --partition main --time 1:00:00 --out shards \
    --trace all.trace | tee jobs
record=$(awk '$1 == "record" {print $2}' jobs)
last=$(awk '$1 == "collect" {print $2}' jobs)
for ((i = 0; i < 600; ++i)); do
    [[ -s shards/slurm/shard-1.trace-wal ]] && break
    sleep 0.1
done
scontrol requeue "${record}_1"
echo "task 1 of the array was killed while it recorded, and requeued"
for ((i = 0; i < 600; ++i)); do
    [[ -z $(squeue -h -j "$last" 2>/dev/null || true) ]] && break
    sleep 1
done
scontrol show job "${record}_1" | grep -o 'Restarts=[0-9]*' | head -1
cat shards/slurm/*.log

# ---- a task that runs twice, and after the end
SLURM_ARRAY_TASK_ID=1 bash shards/slurm/record.sh
SLURM_ARRAY_TASK_ID=1 bash shards/slurm/sweep.sh
bash shards/slurm/collect.sh

# ---- the same with GNU parallel, where it is there
folders=(shards)
if command -v parallel > /dev/null; then
    parallel -j 4 "$program" sweep spec.json --quiet --offline --trace all.trace --out parallel \
        --shard '{}/4' ::: 0 1 2 3
    "$program" sweep spec.json --quiet --out parallel --collect
    folders+=(parallel)
fi
count=0
while IFS= read -r -d '' table; do
    for other in "${folders[@]}"; do
        cmp "alone/$table" "$other/$table"
    done
    count=$((count + 1))
done < <(cd alone && find . -name '*.csv' -print0)
((count == 8 * 5 + 3)) || { echo "slurm_test.sh: $count tables" >&2; exit 1; }
echo "$count tables are those of one machine, byte for byte: ${folders[*]}"
