#!/bin/bash
# The unit tests of what threads do at once, with the Rust code and its standard library under
# ThreadSanitizer, which needs nightly Rust and its sources.
set -euo pipefail
cd "$(dirname "$0")/.."
missing() {
    echo "skipped: ThreadSanitizer for Rust needs $1"
    exit
}
sysroot=$(rustc +nightly --print sysroot 2>/dev/null) ||
    missing 'nightly (rustup toolchain install nightly)'
[ -e "$sysroot/lib/rustlib/src/rust/library/Cargo.lock" ] ||
    missing 'the sources of nightly (rustup component add rust-src --toolchain nightly)'
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
export RUSTFLAGS=-Zsanitizer=thread
# Children of forks start threads, too.
export TSAN_OPTIONS=die_after_fork=0
tests=("$@")
[ $# -gt 0 ] || tests=(handle:: upcall:: fork:: thread:: kit::)
# What Python and C libraries do between themselves is not seen.
cargo +nightly test --locked --lib --target "$host" -Zbuild-std \
    --target-dir "${CARGO_TARGET_DIR:-target}/tsan" -- \
    --test-threads=1 --skip backend:: --skip python "${tests[@]}"
