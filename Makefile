# The project's tasks. `make help` lists them.
PREFIX ?= /usr/local
BUILD ?= build
TARGET ?= all
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
# Where rustup puts cargo.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help demo test test-rust test-c test-python asan-rust tsan-rust bench wheel check-bare header lint build install clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## run the example programs on zlib and SQLite, on Python and on Java
	@scripts/setup.sh demo
	@$(MAKE) --no-print-directory build TARGET=demos
	@echo
	@$(BUILD)/examples/demo README.md
	@echo
	@$(BUILD)/examples/demo_python README.md || test $$? -eq 77 # no Python to embed
	@echo
	@$(BUILD)/examples/demo_jvm README.md || test $$? -eq 77 # no Java

test: ## run every test
	@BUILD='$(BUILD)' scripts/setup.sh test
	@BUILD='$(BUILD)' JOBS='$(JOBS)' scripts/test.sh

# Of a task that wants one.
name = $(or $(NAME),$(error which? make $@ NAME=…))

test-rust: ## the Rust tests that have NAME in their names, or those of tests/NAME.rs
	@cargo test --locked $(if $(wildcard tests/$(NAME).rs tests/$(NAME)/main.rs),--test) $(name)

test-c: ## one C or C++ program of c_tests: NAME=test_closures
	@$(MAKE) --no-print-directory build TARGET=$(name)
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -R '^$(NAME)$$'

test-python: ## the tests of the Python package that pytest selects by -k NAME
	@BUILD='$(BUILD)' scripts/test_python.sh '$(name)'

asan-rust: ## the unit tests with the Rust code under AddressSanitizer, where nightly Rust is
	@scripts/asan_rust.sh

tsan-rust: ## the unit tests of threads with the Rust code under ThreadSanitizer, where nightly Rust is
	@scripts/tsan_rust.sh

bench: ## measure the costs of calls, beside their limits
	@scripts/setup.sh bench
	@$(MAKE) -C benches

wheel: ## the source distribution and the wheel for an index, in build/wheels/dist
	@scripts/wheel.sh '$(BUILD)/wheels'

check-bare: ## run `make demo test` on a bare Debian in a directory; BARE=demo: that alone
	@scripts/check_bare.sh '$(BUILD)/bare' $(BARE)

header: ## write include/metaffi.h, symbols.txt and the list of licences anew
	METAFFI_BLESS=1 cargo test --locked --test header --test licences
	METAFFI_BLESS=1 cargo test --locked --test symbols

lint: ## formatting and clippy, without a single warning
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	$(or $(shell command -v clang-format-14),clang-format) --dry-run -Werror \
	    $$(git ls-files '*.c' '*.cpp' '*.hpp' 'c_tests/*.h' 'examples/*.h' 'include/metaffi/*.h')

build: ## build the library and the C and C++ programs
	@cmake -S . -B $(BUILD) -DMETAFFI_CARGO_TARGET_DIR=$(CARGO_TARGET_DIR) \
	    -DCMAKE_INSTALL_PREFIX=$(PREFIX) --log-level=WARNING
	@cmake --build $(BUILD) --target $(TARGET) --parallel $(JOBS)

install: build ## install under PREFIX (/usr/local), below DESTDIR if that is set
	cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## delete what was built
	rm -rf $(BUILD)
	cargo clean
