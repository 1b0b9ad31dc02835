#!/bin/bash
# Installs the program into a prefix, and its Debian package into the system, uses both from another
# folder as a user would, and removes them: nothing stays, and an installation does not change while
# it is used. Needs root for the package, which is built first (make package).
#
#   tests/packaging/package_test.sh build/release
set -euo pipefail

build=$(realpath "${1:?usage: tests/packaging/package_test.sh BUILD}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/work"
cd "$folder/work"
export XDG_CACHE_HOME=$folder/cache

# Lists every file of an installation with its hash.
listed() {
    find "$1" -type f -print0 | sort -z | xargs -0 sha256sum
}

# Runs what a new user does, with the program given.
use() {
    rm -rf mine results
    "$1" --version
    "$1" doctor > doctor.txt || { cat doctor.txt; exit 1; }
    "$1" init mine > /dev/null
    (cd mine && "$1" sweep experiments/first.json --dry-run > /dev/null)
    "$1" --scheme static --values qp=30,40 --duration 2 --weights 1 --preset ultrafast \
        --out "results/$2" > /dev/null
    test -s "results/$2/summary.csv"
    "$1" run "results/$2/manifest.json" --out again --quiet
    cmp "results/$2/segments.csv" again/segments.csv
}

cmake --install "$build" --prefix "$folder/prefix" > /dev/null
listed "$folder/prefix" > before.txt
use "$folder/prefix/bin/oneadapt-sim" prefix
listed "$folder/prefix" | cmp - before.txt
bash -c "source '$folder/prefix/share/bash-completion/completions/oneadapt-sim'; complete -p oneadapt-sim"
man --warnings -l "$folder/prefix/share/man/man1/oneadapt-sim.1" 2>&1 > /dev/null | tee man.txt
test ! -s man.txt
echo "an installation into a prefix works in any folder"

package=$(echo "$build"/package/oneadapt-sim_*.deb)
apt-get install -y --no-install-recommends "$package" > /dev/null
dpkg -L oneadapt-sim > files.txt
use /usr/bin/oneadapt-sim package
dpkg -V oneadapt-sim
apt-get purge -y oneadapt-sim > /dev/null
while IFS= read -r file; do
    if [[ $file == *oneadapt-sim* && -e $file ]]; then
        echo "package_test.sh: $file is left behind" >&2
        exit 1
    fi
done < files.txt
echo "the package installs, runs and goes without a trace"
