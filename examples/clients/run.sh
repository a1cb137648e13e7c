#!/bin/sh
# Runs a client, or says what it lacks and exits with 77.
#   run.sh ctypes|luajit|koffi|deno|php|ruby|go|java|ocaml|zig <libmetaffi.so>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

need() {
    command -v "$1" >/dev/null || {
        echo "skipped: no $1 (Debian package $2)"
        exit 77
    }
}

lack() {
    echo "skipped: no $1"
    exit 77
}

# What is compiled is put here, and finds the library by the name that is linked in.
build() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    LD_LIBRARY_PATH=$(dirname "$library")
    export LD_LIBRARY_PATH
}

include=$here/../../include
library=$2
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
deno)
    deno=$(command -v deno || echo node_modules/.bin/deno)
    [ -x "$deno" ] || lack 'deno (package deno of npm)'
    "$deno" run --allow-ffi --no-check deno_client.ts "$2"
    ;;
php)
    need php php-cli
    php -r 'exit(extension_loaded("FFI") ? 0 : 1);' || lack 'FFI in PHP'
    php -d ffi.enable=1 php_client.php "$2"
    ;;
ruby)
    need ruby ruby
    ruby -r fiddle -e '' 2>/dev/null || lack 'Fiddle in Ruby'
    ruby ruby_client.rb "$2"
    ;;
go)
    PATH=$PATH:/usr/local/go/bin
    need go golang-go
    build
    GOFLAGS=-mod=mod GOCACHE=$work/cache CGO_ENABLED=1 CGO_CFLAGS=-I$include \
        CGO_LDFLAGS=-L$LD_LIBRARY_PATH go build -C go -o "$work/client" .
    "$work/client"
    ;;
java)
    # The newest that is here.
    for java in /usr/lib/jvm/*/bin/java "${JAVA_HOME:-}/bin/java" "$(command -v java || :)"; do
        [ -x "$java" ] || continue
        version=$("$java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
        [ "${version:-0}" -lt "${newest:-22}" ] || { newest=$version found=$java; }
    done
    [ -n "${found:-}" ] || lack 'Java of version 22 or newer'
    "$found" --enable-native-access=ALL-UNNAMED JavaClient.java "$2"
    ;;
ocaml)
    need ocamlc ocaml-nox
    build
    cp ocaml/main.ml ocaml/stubs.c "$work"
    (cd "$work" && ocamlc -custom -ccopt "-std=c11 -I$include -L$LD_LIBRARY_PATH" stubs.c main.ml \
        -cclib -lmetaffi -o client)
    "$work/client"
    ;;
zig)
    # The client is written for this version.
    if [ "$(zig version 2>/dev/null)" = 0.13.0 ]; then
        zig=zig
    elif [ "$(python3 -m ziglang version 2>/dev/null)" = 0.13.0 ]; then
        zig='python3 -m ziglang'
    else
        lack 'zig 0.13.0 (package ziglang of PyPI)'
    fi
    build
    # shellcheck disable=SC2086 # may be a command of several words
    $zig build-exe zig/main.zig -lc -I"$include" -L"$LD_LIBRARY_PATH" -lmetaffi \
        --cache-dir "$work/cache" --global-cache-dir "$work/global" -femit-bin="$work/client"
    "$work/client"
    ;;
*)
    echo "no client $1" >&2
    exit 2
    ;;
esac
