#!/bin/sh
# Runs a program; fails unless it succeeds and prints exactly what a file has.
#   expect.sh <file> <program> [argument…]
set -eu
expected=$1
shift
output=$("$@")
printf '%s\n' "$output" | diff -u "$expected" -
