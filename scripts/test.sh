#!/bin/bash
# Every test, stage by stage, all of them even if one fails; then a summary.
# `make test` runs this after the set-up.
set -uo pipefail
cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${JOBS:=$(nproc)}" "${CARGO_TARGET_DIR:=$PWD/target}"
export CARGO_TARGET_DIR

summary=() failed=0

# stage <name> <command…>
stage() {
    local name=$1 start=$SECONDS result=passed
    shift
    printf '\n=== %s\n' "$name"
    "$@" </dev/null || { result=FAILED failed=1; }
    summary+=("$(printf '%-8s %4d s  %s' "$result" $((SECONDS - start)) "$name")")
}

skip() {
    summary+=("$(printf '%-8s         %s: %s' skipped "$1" "$2")")
}

run_ctest() {
    ctest --test-dir "$1" --output-on-failure --no-tests=error -j "$JOBS" "${@:2}"
}

c_and_cpp() {
    make --no-print-directory build BUILD="$BUILD" && run_ctest "$BUILD"
}

# The same programs under AddressSanitizer and LeakSanitizer, with the library built above.
sanitized() {
    cmake -S . -B "$BUILD/asan" -DMETAFFI_SANITIZE=address -DMETAFFI_EXAMPLES=OFF \
        -DMETAFFI_LIBRARY="$CARGO_TARGET_DIR/release/libmetaffi.so" --log-level=WARNING &&
        cmake --build "$BUILD/asan" --parallel "$JOBS" &&
        run_ctest "$BUILD/asan" -E '^(header_|format|consumer)'
}

# A minute of fuzzing; what it finds is added to a copy of the corpus.
fuzz() {
    local corpus
    corpus=$(mktemp -d) || return
    cargo +nightly fuzz run --target-dir "$CARGO_TARGET_DIR/fuzz" "$1" "$corpus" \
        "fuzz/corpus/$1" -- -max_total_time=60 -verbosity=0 -print_final_stats=1
    local status=$?
    rm -rf "$corpus"
    return $status
}

stage 'Rust: units, header, symbols, layers, documents, corpora' cargo test --locked --quiet
stage 'C and C++: programs, consumer, valgrind, examples, clients' c_and_cpp
stage 'C and C++ under AddressSanitizer' sanitized
for target in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$target" .rs)
    if cargo fuzz --version >/dev/null 2>&1 && cargo +nightly --version >/dev/null 2>&1; then
        stage "a minute of fuzzing: $target" fuzz "$target"
    else
        skip "a minute of fuzzing: $target" 'needs cargo-fuzz and a nightly toolchain'
    fi
done

printf '\n=== summary\n'
printf '%s\n' "${summary[@]}"
# Clients without their interpreter say what they lack.
grep -h '^skipped: ' "$BUILD/Testing/Temporary/LastTest.log" 2>/dev/null
if [ "$failed" -eq 0 ]; then
    echo "all passed in $SECONDS s"
fi
exit "$failed"
