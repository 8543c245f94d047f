# Two of these do all set-up on a fresh Debian or Ubuntu machine with a Swift toolchain:
# `make demo` and `make test`. `make help` lists the rest.

SWIFT ?= swift
# Debug and release builds keep out of each other's way.
DEBUG := --scratch-path .build
# A release carries Swift's libraries, libyaml and SQLite with it: pkg-config leads the linker to a
# folder that has the archives alone. Nobody links to the program, so it exports nothing: what is
# exported cannot be left out.
STATIC := .build-release/static
RELEASE := --scratch-path .build-release -c release --static-swift-stdlib -Xlinker --no-export-dynamic
QUICK := --scratch-path .build-quick
# The simulator needs the light targets alone, and has to be fast.
SIM := --scratch-path .build-sim -c release --product pawl-sim
SEEDS ?= 20000
# Worlds that `make test` plays.
TEST_SEEDS ?= 100000
# A module may import what its target names, and nothing that comes along.
STRICT := --explicit-target-dependency-import-check error
# How often `make crash` kills a run, for each kind of ledger.
CYCLES ?= 200
PATH := $(CURDIR)/.build-tools/bin:$(PATH)
export PATH

.DEFAULT_GOAL := help
.PHONY: help demo test crash quick build setup setup-build fmt check docs bench bench-serve fuzz \
	release clean sim sim-baseline sim-bugs build-sim coverage

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | sort | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: setup-build ## the main job on this machine: no account, no network
	$(SWIFT) build $(DEBUG) --product pawl
	$(SWIFT) build $(DEBUG) --product pawl-demo
	@.build/debug/pawl-demo

test: setup ## build and run everything
	$(SWIFT) build $(DEBUG) $(STRICT) --build-tests
	scripts/run-tests $(SWIFT) test $(DEBUG) $(STRICT) --skip-build
	@$(MAKE) --no-print-directory sim SEEDS=$(TEST_SEEDS)

crash: export PAWL_TESTS := PawlCrashTests
crash: setup ## kill pawl CYCLES times at every kind of ledger, and try every order of two runs at once
	$(SWIFT) build $(DEBUG) $(STRICT) --build-tests
	PAWL_CRASH_CYCLES=$(CYCLES) $(SWIFT) test $(DEBUG) $(STRICT) --skip-build --filter PawlCrashTests

quick: ## core, ports, engine and tidy tests only: seconds
	PAWL_QUICK=1 $(SWIFT) test $(QUICK)

COVERAGE := --enable-code-coverage --scratch-path .build-coverage
COVERED := .build-coverage/debug/pawlPackageTests.xctest \
	-instr-profile .build-coverage/debug/codecov/default.profdata Sources/PawlCore/Decision

coverage: export PAWL_QUICK := 1
coverage: export PAWL_TESTS := PawlCoreTests,PawlEngineTests
coverage: ## how much of the decision core the tests of core and engine run
	$(SWIFT) test $(COVERAGE)
	@"$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/llvm-cov" report $(COVERED)

build-sim:
	PAWL_QUICK=1 PAWL_TESTS=none $(SWIFT) build $(SIM)

sim: build-sim ## worlds by seed: SEEDS=1000000 of them, or SEED=42 with its whole trace
ifdef SEED
	@.build-sim/release/pawl-sim --seed $(SEED)
else
	.build-sim/release/pawl-sim --seeds $(SEEDS)
	@test "$$(.build-sim/release/pawl-sim --checksum 200)" = "$$(.build-sim/release/pawl-sim --checksum 200)" \
		|| { echo "two processes gave different traces"; exit 1; }
endif

sim-baseline: build-sim ## the workflow that Pawl replaces, beside Pawl, in the same worlds
	.build-sim/release/pawl-sim --baseline

sim-bugs: build-sim ## after how many worlds each planted bug is found
	.build-sim/release/pawl-sim --plant .build-bugs/source
	PAWL_QUICK=1 PAWL_TESTS=none $(SWIFT) build --package-path .build-bugs/source \
		--scratch-path .build-bugs/build -c release --product pawl-sim
	.build-bugs/build/release/pawl-sim --bugs

build: setup-build ## a debug build of pawl
	$(SWIFT) build $(DEBUG) --product pawl

setup-build: # what a build needs
	@scripts/setup build

setup: # what the tests need
	@scripts/setup build test

fmt: ## format every source file in place
	$(SWIFT) format format --in-place --recursive Sources Tests Package.swift

check: ## formatting, as a test would see it
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

docs: setup-build ## rewrite docs/reference from the code
	PAWL_WRITE_DOCS=1 $(SWIFT) test $(DEBUG) --filter ReferencePagesTests

$(STATIC)/libyaml.a: setup-build
	@mkdir -p $(STATIC)
	@ln -sf "$$(env -u PKG_CONFIG_PATH pkg-config --variable=libdir yaml-0.1)/libyaml.a" $@
	@printf 'Name: yaml\nDescription: libyaml, as an archive\nVersion: 0.2\nLibs: -L%s -lyaml\nCflags:\n' \
		"$(CURDIR)/$(STATIC)" > $(STATIC)/yaml-0.1.pc

$(STATIC)/libsqlite3.a: setup-build
	@mkdir -p $(STATIC)
	@ln -sf "$$(env -u PKG_CONFIG_PATH pkg-config --variable=libdir sqlite3)/libsqlite3.a" $@
	@printf 'Name: sqlite3\nDescription: SQLite, as an archive\nVersion: 3\nLibs: -L%s -lsqlite3\nCflags:\n' \
		"$(CURDIR)/$(STATIC)" > $(STATIC)/sqlite3.pc

bench bench-serve release: export PKG_CONFIG_PATH := $(CURDIR)/$(STATIC)

bench: setup $(STATIC)/libyaml.a $(STATIC)/libsqlite3.a ## JSON figures and a table: requests, round trips, time, memory, size, beside other tools
	$(SWIFT) build $(RELEASE) --product pawl
	$(SWIFT) build $(RELEASE) --product pawl-bench
	.build-release/release/pawl-bench

bench-serve: setup $(STATIC)/libyaml.a $(STATIC)/libsqlite3.a ## the server: webhooks in a second, memory, time from event to tag
	$(SWIFT) build $(RELEASE) --product pawl
	$(SWIFT) build $(RELEASE) --product pawl-bench
	.build-release/release/pawl-bench serve

FUZZ := --scratch-path .build-fuzz
FUZZER := SWIFT_BACKTRACE=enable=no SWIFT_DETERMINISTIC_HASHING=1 ASAN_OPTIONS=detect_leaks=0 \
	nice .build-fuzz/debug/pawl-fuzz
FOR ?= 20

fuzz: setup-build ## bytes of all kinds for every reader of outside text, FOR=20 s each; one: TARGET=policy
	PAWL_FUZZ=1 PAWL_TESTS=none $(SWIFT) build $(FUZZ) --product pawl-fuzz
	@for target in $(or $(TARGET),$(notdir $(wildcard Tests/Corpus/*))); do \
		echo "$$target"; mkdir -p ".build-fuzz/corpus/$$target" .build-fuzz/found; \
		PAWL_FUZZ_TARGET="$$target" $(FUZZER) -verbosity=0 -print_final_stats=1 -timeout=10 \
			-max_len=8192 -max_total_time=$(FOR) -artifact_prefix=".build-fuzz/found/$$target-" \
			".build-fuzz/corpus/$$target" "Tests/Corpus/$$target" || exit 1; \
	done

release: $(STATIC)/libyaml.a $(STATIC)/libsqlite3.a ## the static binary, stripped, with its SHA-256
	$(SWIFT) build $(RELEASE) --product pawl
	@scripts/package .build-release/release/pawl

clean: ## remove every build
	rm -rf .build .build-fuzz .build-release .build-quick .build-tools .build-sim .build-bugs .build-coverage
