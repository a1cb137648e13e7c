#!/bin/sh
# Compiles the part in Java of the runtime jvm with the JDK in JAVA_HOME (22 or newer) into the classes
# that are checked in: with another version of javac they may differ.
set -eu
cd "$(dirname "$0")/../src/backend/jvm"
to=${1:-classes}
javac=${JAVA_HOME:?names no JDK}/bin/javac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$javac" -nowarn -g:source,lines -parameters --release 11 -d "$work/base" java/base/metaffi/guest/*.java 2>&1 | grep -v -i 'warning\|unsafe\|^ *^' >&2 || true
"$javac" -g:source,lines -parameters --release 22 -cp "$work/base" -d "$work/ffm" java/ffm/metaffi/guest/*.java
for kind in base ffm; do
    mkdir -p "$to/$kind"
    rm -f "$to/$kind"/*.class
    cp "$work/$kind/metaffi/guest"/*.class "$to/$kind"
done
