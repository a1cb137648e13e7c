#!/bin/sh
# Runs a client, or says what it lacks and exits with 77.
#   run.sh ctypes|luajit|koffi <libmetaffi.so>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

need() {
    command -v "$1" >/dev/null || {
        echo "skipped: no $1 (Debian package $2)"
        exit 77
    }
}

case $1 in
ctypes)
    need python3 python3
    python3 ctypes_client.py "$2"
    ;;
luajit)
    need luajit luajit
    luajit luajit_client.lua "$2"
    ;;
koffi)
    need node nodejs
    test -d node_modules/koffi || {
        echo "skipped: no koffi (run npm install in examples/clients)"
        exit 77
    }
    node koffi_client.js "$2"
    ;;
*)
    echo "no client $1" >&2
    exit 2
    ;;
esac
