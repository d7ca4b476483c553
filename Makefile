# Forwards to CMake presets and small scripts; nothing is decided here. `make help` lists it all.

FEED ?=
ARGS ?=
SEED ?=
STEPS ?= 1000
SEEDS ?= $(if $(SEED),1,1000)
BUG ?=
JOBS ?= $(shell nproc)

feed_config = $(if $(filter replay,$(FEED)),--config feeds/replay.toml,$(if $(filter-out simulated,$(FEED)),--config feeds/live.toml))
sources = git ls-files '*.cpp' '*.hpp'

.PHONY: help deps deps-test deps-bench build run test dev test-dev asan test-asan tsan test-tsan \
        fuzz sim bench bench-compare bench-sweep load format format-check clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

deps: ## Install the packages needed to build and run (Debian, as root)
	@tests/deps.sh build

deps-test: ## Install the packages needed to test as well
	@tests/deps.sh test

# Without tests, so that the packages of the tests need not be there.
build: deps ## Build the gateway (release)
	@cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target ticker-gateway

run: build ## Build and start the gateway: FEED=replay plays captures, FEED=kraken (okx, …) is live, ARGS takes flags
	@exec build/release/ticker-gateway $(addprefix --feed ,$(FEED)) $(feed_config) $(ARGS)

test: deps-test ## Build all (release) and run every test
	@cmake --preset release -DBUILD_TESTING=ON --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS)
	@ctest --test-dir build/release --output-on-failure --parallel 1

# Other builds, each in build/<name>, and their unit tests.
dev asan tsan: deps-test
	@cmake --preset $@ -DBUILD_TESTING=ON --log-level=WARNING
	@cmake --build --preset $@ --parallel $(JOBS) --target ticker-gateway unit_tests

test-dev test-asan test-tsan: test-%: %
	@TEST_TIME_SCALE=$${TEST_TIME_SCALE:-5} \
	  ctest --test-dir build/$* --output-on-failure --parallel 1 -L unit

dev: ## Build gateway and unit tests without optimisation
asan: ## Build gateway and unit tests under the address and undefined-behaviour sanitizers
tsan: ## Build gateway and unit tests under the thread sanitizer
test-dev: ## Run the unit tests of the dev build
test-asan: ## Run the unit tests under the address and undefined-behaviour sanitizers
test-tsan: ## Run the unit tests under the thread sanitizer

export FUZZ_SECONDS ?= 60

fuzz: ## Fuzz each target for FUZZ_SECONDS (60), JOBS of them side by side; fails on a finding
	@tests/deps.sh fuzz
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build --preset fuzz --parallel $(JOBS)
	@tests/fuzz/seeds.py build/fuzz
	@JOBS=$(JOBS) tests/fuzz/run.py build/fuzz $(TARGETS)

sim: deps-test ## Simulate SEEDS (1000) seeds of STEPS steps from SEED on, every client's view checked; BUG=name plants a fault
	@cmake --preset release -DBUILD_TESTING=ON --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target ticker-sim
	@build/release/ticker-sim --seed $(or $(SEED),1) --steps $(STEPS) --seeds $(SEEDS) $(addprefix --bug ,$(BUG))

deps-bench: ## Install the packages needed to bench as well
	@tests/deps.sh bench

bench: deps-bench ## Build all but tests (release), run the micro-benches, tell how to make load
	@cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS)
	@bench/run_micro.py --build build/release
	@echo
	@echo "Load: start 'make run' in one terminal and 'build/release/ticker-load' (--help) in another,"
	@echo "or find the rate that this machine holds with 'bench/run_load.py'; see bench/README.md"

export LOAD_SECONDS ?= 60

load: deps-bench ## A minute of load with slow clients against a gateway of its own, report in build/load.html; LOAD_SECONDS, ARGS
	@cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target ticker-gateway ticker-load
	@bench/load_minute.py $(ARGS)

COMPARE_SECONDS ?= 5
COMPARE_RATES ?=
COMPARE_ROUNDS ?= 1

bench-compare: ## Same work for the gateway, a bare epoll loop, plain Beast and ws on Node; prints tables
	@tests/deps.sh compare
	@cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target ticker-gateway ticker-load bench_peers
	@bench/compare.py --build build/release --seconds $(COMPARE_SECONDS) --rounds $(COMPARE_ROUNDS) \
	  $(addprefix --rates ,$(COMPARE_RATES)) $(ARGS)

SWEEP_SECONDS ?= 5
SWEEP_ROUNDS ?= 3

# Debian's Python, which has Debian's matplotlib.
bench-sweep: ## What a message costs as clients, symbols, rate and shards grow; tables, and bench/plots/cost.svg
	@tests/deps.sh sweep
	@cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target ticker-gateway ticker-load
	@/usr/bin/python3 bench/sweep.py --build build/release --seconds $(SWEEP_SECONDS) \
	  --rounds $(SWEEP_ROUNDS) --json build/sweep.json --plot bench/plots/cost.svg $(ARGS)

CLANG_FORMAT ?= clang-format

format: ## Format all C++ sources in place
	@$(sources) | xargs $(CLANG_FORMAT) -i

format-check: ## Fail if a C++ source is not formatted
	@$(sources) | xargs $(CLANG_FORMAT) --dry-run -Werror

clean: ## Remove all builds (fetched tools stay)
	@rm -rf build/release build/dev build/asan build/tsan build/fuzz
