#!/bin/bash
# The tests of the Python package that pytest selects, with a debug build of the library.
#   test_python.sh <what pytest -k takes>
# With the newest environment that scripts/setup.sh made, else with the python3 that is found first.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${CARGO_TARGET_DIR:=$PWD/target}"
export CARGO_TARGET_DIR

python=$({ find "$BUILD/python" -mindepth 3 -maxdepth 3 -path '*/bin/python' 2>/dev/null || true; } |
    sort -V | tail -n 1)
: "${python:=python3}"
if ! "$python" -c 'import pytest' 2>/dev/null; then
    echo "$python has no pytest: python3 -m pip install 'pytest>=7'" >&2
    exit 1
fi
cargo build --locked --quiet --lib
METAFFI_LIBRARY=$CARGO_TARGET_DIR/debug/libmetaffi.so PYTHONPATH=$PWD/bindings/python \
    exec "$python" -m pytest -c bindings/python/pyproject.toml bindings/python/tests -k "$1"
