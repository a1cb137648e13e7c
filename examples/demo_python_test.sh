#!/bin/sh
# Compares what the Python demo says of a file with what the shell finds in it.
#   demo_python_test.sh <demo_python> <file>
set -eu
status=0
output=$("$1" "$2") || status=$?
if [ "$status" -ne 0 ]; then
    printf '%s\n' "$output"
    exit "$status"
fi
words=$(LC_ALL=C tr -cs A-Za-z '\n' <"$2" | LC_ALL=C tr A-Z a-z | sed '/^$/d')
lengths=$(printf '%s\n' "$words" | awk '{ print length }' | sort -n)
count=$(printf '%s\n' "$lengths" | wc -l)
mean=$(printf '%s\n' "$lengths" | awk '{ sum += $1 } END { printf "%.3f", sum / NR }')
median=$(printf '%s\n' "$lengths" |
    awk '{ at[NR] = $1 } END { print (at[int((NR + 1) / 2)] + at[int(NR / 2) + 1]) / 2 }')
most=$(printf '%s\n' "$words" | LC_ALL=C sort | uniq -c | sort -k1,1nr | head -n 1 |
    awk '{ printf "[[\"%s\", %d], ", $2, $1 }')

expect() {
    case $output in
    *"$1"*) ;;
    *)
        printf 'missing:\n%s\nin:\n%s\n' "$1" "$output" >&2
        exit 1
        ;;
    esac
}
expect "$2, $count words, Python 3."
expect "mean        $mean letters"
expect "median      $median letters"
expect "$most"
expect "numpy "
case $output in
*deviation*) expect "longest     $(printf '%s\n' "$lengths" | tail -n 1) letters" ;;
esac
