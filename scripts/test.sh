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

# With C types given back as soon as they can be.
eager() {
    METAFFI_COLLECT_TYPES=1 cargo test --locked --quiet --lib backend::c::
}

# The same programs under AddressSanitizer and LeakSanitizer, with the library built above; but for those of
# Java, since a JVM keeps what it has compiled until the process ends.
sanitized() {
    cmake -S . -B "$BUILD/asan" -DMETAFFI_SANITIZE=address -DMETAFFI_EXAMPLES=OFF \
        -DMETAFFI_LIBRARY="$CARGO_TARGET_DIR/release/libmetaffi.so" --log-level=WARNING &&
        cmake --build "$BUILD/asan" --parallel "$JOBS" &&
        run_ctest "$BUILD/asan" -E '^(header_|format|consumer|subproject|test_jvm|go_)'
}

# What libFuzzer needs in the code to see where an input leads. These are options of stable Rust.
instrumented=(--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares)
# Half a minute for each target; what is found is added to a copy of the corpus.
fuzz() (
    host=$(rustc -vV | sed -n 's/^host: //p')
    # With a target named, build scripts are not instrumented.
    RUSTFLAGS="${instrumented[*]}" cargo build --locked --quiet --release --target "$host" \
        --manifest-path fuzz/Cargo.toml --target-dir "$CARGO_TARGET_DIR/fuzz" || return
    corpus=$(mktemp -d) || return
    trap 'rm -rf "$corpus"' EXIT
    for target in fuzz/fuzz_targets/*.rs; do
        target=$(basename "$target" .rs)
        mkdir "$corpus/$target"
        "$CARGO_TARGET_DIR/fuzz/$host/release/$target" "$corpus/$target" "fuzz/corpus/$target" \
            -max_total_time=25 -verbosity=0 -print_final_stats=1 \
            -artifact_prefix="$BUILD/fuzz-$target-" || return
    done
)

# A line for each Python that can be embedded, one of each version: <version> <executable>
pythons() {
    "$CARGO_TARGET_DIR/debug/metaffi" doctor --json python3 | python3 -c '
import json, sys
found = [one for runtime in json.load(sys.stdin) for one in runtime["findings"]]
paths = {one["version"]: one["path"] for one in reversed(found) if one["usable"]}
for version in sorted(paths, key=lambda version: [int(part) for part in version.split(".")]):
    print(version, paths[version])'
}

# The same binaries once more, in processes with another interpreter.
with_python() {
    METAFFI_TEST_PYTHON=$1 cargo test --locked --quiet --lib python:: -- \
        --skip every_interpreter_passes &&
        METAFFI_PYTHON=$1 run_ctest "$BUILD" --quiet -L python
}

# The numpy that the set-up installed is one for the system's Python.
numpy_directory() {
    "$BUILD/numpy/bin/python" -c 'import numpy, os
print(os.path.dirname(os.path.dirname(numpy.__file__)))' 2>/dev/null
}
with_numpy() {
    METAFFI_TEST_PYTHON=/usr/bin/python3 cargo test --locked --quiet --lib numpy -- --ignored &&
        METAFFI_PYTHON=$(realpath "$BUILD/numpy") run_ctest "$BUILD" --quiet -R example_demo_python
}

# A line for each JDK with a compiler, one of each version, the newest last: <version> <directory>
jdks() {
    for release in /usr/lib/jvm/*/release "${JAVA_HOME:+$JAVA_HOME/release}"; do
        [ -x "${release%/release}/bin/javac" ] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release")
        [ -n "$version" ] && echo "$version $(realpath "${release%/release}")"
    done | sort -n -u -k 1,1
}

# with_jdk <directory>: the runtime in processes of their own.
with_jdk() {
    METAFFI_TEST_JVM=$1 METAFFI_JAVA_HOME=$1 cargo test --locked --quiet \
        --test conformance_jvm --test jvm_types --test jvm_objects &&
        METAFFI_JAVA_HOME=$1 run_ctest "$BUILD" --quiet -R '^example_.*jvm'
}

# jvm_from_python <environment> <directory>: objects, modules and libraries, from the package.
jvm_from_python() (
    METAFFI_TEST_JVM=$2 PYTHONPATH=$PWD/bindings/python \
        METAFFI_LIBRARY=$CARGO_TARGET_DIR/release/libmetaffi.so METAFFI_TEST_JARS=$(realpath "$BUILD/java") \
        timeout 600 "$1/bin/pytest" -q -c bindings/python/pyproject.toml bindings/python/tests -k jvm
)

java() {
    local version home newest environment
    environment=$(environments | tail -n 1)
    while read -r version home; do
        stage "Java $version: conformance, types, examples" with_jdk "$home"
        if [ -x "$environment/bin/pytest" ]; then
            stage "Java $version from Python" jvm_from_python "$environment" "$home"
        else
            skip "Java $version from Python" 'needs venv and pytest'
        fi
        newest=$home
    done < <(jdks)
    if [ -z "${newest:-}" ]; then
        skip Java 'needs a JDK'
    elif JAVA_HOME=$newest scripts/build_java.sh --can; then
        JAVA_HOME=$newest stage 'Java: the part in Java without a warning' scripts/build_java.sh --lint
    else
        skip 'Java: the part in Java without a warning' 'needs a JDK of Java 22 or newer'
    fi
}

# The environments that the set-up made, the oldest Python first.
environments() {
    find "$BUILD/python" -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | xargs -r dirname
}

# build_wheel <environment>: one for every Python, of the source distribution, which is all that it takes.
build_wheel() (
    unset METAFFI_LIBRARY
    rm -rf "$BUILD/wheel" && sdist=$(scripts/sdist.sh "$1/bin/python" "$BUILD/sdist") &&
        "$1/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation \
            --no-deps --wheel-dir "$BUILD/wheel" "$sdist"
)

# with_wheel <environment>: the package as a user installs it.
with_wheel() (
    unset METAFFI_LIBRARY PYTHONPATH
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
        --force-reinstall "$BUILD"/wheel/metaffi-*-py3-none-*.whl &&
        timeout 600 "$1/bin/pytest" -c bindings/python/pyproject.toml bindings/python/tests
)

# check_types <environment>: of the package and its tests, and that the stubs are true. Type checkers
# want `__buffer__` of every version; before 3.12 no object has it when the program runs. What every
# handle has is in the types below that of handles.
check_types() (
    environment=$(realpath "$1")
    cd bindings/python &&
        "$environment/bin/ruff" check . && "$environment/bin/ruff" format --check . &&
        "$environment/bin/mypy" --no-incremental &&
        "$environment/bin/stubtest" --mypy-config-file pyproject.toml --ignore-unused-allowlist \
            --allowlist <(echo 'metaffi\.libmetaffi\.(.*\.__buffer__|MetaFFIHandle\..*)') \
            metaffi.libmetaffi
)

python_package() {
    local environment newest
    newest=$(environments | tail -n 1)
    if [ -z "$newest" ] || ! "$newest/bin/python" -c 'import setuptools_rust' 2>/dev/null; then
        skip 'Python package' 'needs venv, and pip to reach an index'
        return
    fi
    stage 'Python package: the wheel' build_wheel "$newest"
    for environment in $(environments); do
        if "$environment/bin/python" -c 'import pytest' 2>/dev/null; then
            stage "Python package with ${environment##*/}" with_wheel "$environment"
        else
            skip "Python package with ${environment##*/}" 'needs venv and pytest'
        fi
    done
    if [ -x "$newest/bin/mypy" ] && [ -x "$newest/bin/ruff" ]; then
        stage 'Python package: types and format' check_types "$newest"
    else
        skip 'Python package: types and format' 'needs mypy and ruff'
    fi
}

stage 'Rust: units, header, symbols, layers, documents, corpora' cargo test --locked --quiet --no-fail-fast
stage 'C types given back as soon as they can be' eager
stage 'C and C++: programs, consumer, valgrind, examples, clients' c_and_cpp
while read -r version executable; do
    stage "Python $version: units, C and C++" with_python "$executable"
done < <(pythons)
METAFFI_TEST_NUMPY=$(numpy_directory) || METAFFI_TEST_NUMPY=
if [ -n "$METAFFI_TEST_NUMPY" ]; then
    export METAFFI_TEST_NUMPY
    stage 'Python with numpy: units, demo' with_numpy
else
    skip 'Python with numpy' 'needs python3-venv and pip'
fi
python_package
java
stage 'C and C++ under AddressSanitizer' sanitized
stage 'Fuzzing of declarations, entity paths and objects' fuzz

printf '\n=== summary\n'
printf '%s\n' "${summary[@]}"
# Clients without their interpreter say what they lack.
grep -h '^skipped: ' "$BUILD/Testing/Temporary/LastTest.log" 2>/dev/null
if [ "$failed" -eq 0 ]; then
    echo "all passed in $SECONDS s"
fi
exit "$failed"
