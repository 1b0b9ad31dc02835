# make demo     set up, build what it runs, run the main job on the embedded clips
# make test     set up, build, run the tests (about a minute once built)
# make test-all the slow tests too
# make test-page  the page of `report`, used in headless Chromium
# make test-package  the Debian package and an installation, used and removed; as root
# make test-slurm  a sweep in job arrays of a Slurm on this machine alone, installed if missing; as root
# make torture  kill, crowd, starve and damage the program for MINUTES (2) or HOURS, from SEED (1) on
# make fuzz     fuzz the parsers for SECONDS (60) or RUNS each; needs clang
# make check    how the sources are written: clang-format, shellcheck, ruff, clang-tidy on what changed
# make golden   write tests/golden anew, after a change of results that is meant
# make tables   write the tables of README.md and docs/ anew
# LIBTORCH=DIR  build against the LibTorch whose CMake files are in DIR instead of Debian's, e.g.
#               LIBTORCH=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')
# make figures  sweep each of experiments/ and draw it into results/figures; make figure-NAME one
# make install  into PREFIX (/usr/local); make package: a Debian package, in build/release/package
PRESET ?= release
FIGURES := $(basename $(notdir $(wildcard experiments/*.json)))
ifdef LIBTORCH
BUILD := build/$(PRESET)-libtorch
CONFIGURE := cmake --preset $(PRESET) -B $(BUILD) -DCMAKE_PREFIX_PATH=$(LIBTORCH)
else
BUILD := build/$(PRESET)
CONFIGURE := cmake --preset $(PRESET)
endif

.PHONY: demo setup configure build test test-all test-page test-package test-slurm torture fuzz check golden tables bench program figures install package format clean

demo: configure
	cmake --build $(BUILD) --target oneadapt-sim scenes
	$(BUILD)/oneadapt-sim

setup:
	tools/setup.sh

configure: setup
	$(CONFIGURE)

build: configure
	cmake --build $(BUILD)

test: build
	ctest --test-dir $(BUILD) -j $$(nproc) --output-on-failure --no-tests=error -LE slow

test-all: build
	ctest --test-dir $(BUILD) -j $$(nproc) --output-on-failure --no-tests=error

test-page: build
	tools/setup.sh --browser
	/usr/bin/python3 tests/report/page_in_browser.py $(BUILD)/oneadapt-sim

test-package: package
	tests/packaging/package_test.sh $(BUILD)

test-slurm: build
	tests/slurm/slurm_test.sh $(BUILD)

torture: build
	/usr/bin/python3 tests/torture/torture.py --build $(BUILD) --seed $(or $(SEED),1) \
		$(if $(HOURS),--hours $(HOURS),--minutes $(or $(MINUTES),2))

fuzz:
	tools/setup.sh --dev
	tests/fuzz/fuzz.sh $(if $(RUNS),--runs $(RUNS),--seconds $(or $(SECONDS),60))

check:
	tools/setup.sh --dev
	tools/check.sh

golden: build
	ONEADAPT_UPDATE_GOLDEN=1 ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -R golden_test

tables: build
	/usr/bin/python3 tools/readme_tables.py $(BUILD)/oneadapt-sim

bench: build
	$(BUILD)/oneadapt-bench

program: configure
	cmake --build $(BUILD) --target oneadapt-sim scenes shell_help

figures: $(FIGURES:%=figure-%)

figure-%: program
	$(BUILD)/oneadapt-sim sweep experiments/$*.json --resume --out results/runs/figures/$*
	/usr/bin/python3 tools/paper_figures.py $* results/runs/figures/$* --out results/figures

install: program
	cmake --install $(BUILD) --prefix $(or $(PREFIX),/usr/local)

package: program
	cpack --config $(BUILD)/CPackConfig.cmake -B $(BUILD)/package

format:
	git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

clean:
	rm -rf build
