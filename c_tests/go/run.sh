#!/bin/sh
# Builds and runs the program of Go: run.sh <libmetaffi.so> <include> <runtime>…; exits with 77 without Go.
set -eu
cd "$(dirname "$0")"
PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null || {
    echo 'skipped: no go (Debian package golang-go)'
    exit 77
}
library=$1 include=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# By the name that is linked, and by that which the library says is its own.
for name in libmetaffi.so "$(objdump -p "$library" | sed -n 's/ *SONAME *//p')"; do
    ln -sf "$library" "$work/$name"
done
LD_LIBRARY_PATH=$work
export LD_LIBRARY_PATH
GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-${TMPDIR:-/tmp}/metaffi_go_cache} CGO_ENABLED=1 CGO_CFLAGS=-I$include \
    CGO_LDFLAGS=-L$work go build -o "$work/program" .
"$work/program" "$@"
