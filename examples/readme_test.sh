#!/bin/sh
# Runs the README's commands that build and start its first example.
#   readme_test.sh <source directory> <build directory>
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$1/examples" "$1/include" "$work"
ln -s "$2" "$work/build"
cd "$work"
commands=$(sed -n 's/^\(cc examples\/c\/quickstart\.c .*\)$/\1/p' "$1/README.md")
test -n "$commands" || { echo "README.md does not build examples/c/quickstart.c" >&2; exit 1; }
test "$(sh -c "$commands")" = "$(cat "$1/examples/expected/quickstart.txt")"
