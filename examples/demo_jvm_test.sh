#!/bin/sh
# Compares what the Java demo says of a file with what gzip finds in it.
#   demo_jvm_test.sh <demo_jvm> <file>
set -eu
status=0
# Nothing is fetched while a test runs.
output=$(METAFFI_MAVEN=/nowhere/mvn XDG_CACHE_HOME=/nowhere "$1" "$2") || status=$?
if [ "$status" -ne 0 ]; then
    printf '%s\n' "$output"
    exit "$status"
fi
crc32=$(gzip -c "$2" | tail -c 8 | od -An -tx4 -N4 | tr -d ' ')

expect() {
    case $output in
    *"$1"*) ;;
    *)
        printf 'missing:\n%s\nin:\n%s\n' "$1" "$output" >&2
        exit 1
        ;;
    esac
}
expect "$2, Java "
expect "crc32       $crc32"
expect "csv         not here: "
