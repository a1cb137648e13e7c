#!/bin/bash
# The unit tests with the Rust code under AddressSanitizer, which needs nightly Rust. Tests of small
# stacks are left out: frames take several times as much there.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo 'skipped: AddressSanitizer for Rust needs nightly (rustup toolchain install nightly)'
    exit
fi
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
export RUSTFLAGS=-Zsanitizer=address
# What cannot be allocated is an error that tests ask for. What Python never frees is no leak.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=0
cargo +nightly test --locked --lib --test capi --target "$host" \
    --target-dir "${CARGO_TARGET_DIR:-target}/asan" -- \
    --test-threads=1 --skip stack --skip deep
