#!/bin/sh
# Compares what the demo says of a file with what gzip and the shell find in it.
#   demo_test.sh <demo> <file>
set -eu
output=$("$1" "$2")
bytes=$(($(wc -c <"$2")))
crc32=$(gzip -c "$2" | tail -c 8 | od -An -tx4 -N4 | tr -d ' ')
words=$(LC_ALL=C tr -cs A-Za-z '\n' <"$2" | LC_ALL=C tr A-Z a-z | awk 'length > 4' |
    LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2 | head -n 5 |
    awk '{ printf "  %-11s %s times\n", $2, $1 }')

expect() {
    case $output in
    *"$1"*) ;;
    *)
        printf 'missing:\n%s\nin:\n%s\n' "$1" "$output" >&2
        exit 1
        ;;
    esac
}
expect "crc32       $crc32"
expect "restored    $bytes bytes, crc32 $crc32"
expect "$words"
