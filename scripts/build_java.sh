#!/bin/sh
# Compiles the part in Java of the runtime jvm with the JDK in JAVA_HOME (22 or newer).
#   build_java.sh         into the classes that are checked in, with the version of javac beside them
#   build_java.sh DIR     into another directory
#   build_java.sh --lint  nowhere: any warning is a failure
#   build_java.sh --can   nowhere: whether that JDK is new enough
# Texts are put together without what the JVM makes for that at run time, which takes long at a start.
# Unsafe, which is how Java before 22 reaches memory, is warned of whatever is said.
set -eu
to=${1:-classes}
cd "$(dirname "$0")/../src/backend/jvm"
javac=${JAVA_HOME:?names no JDK}/bin/javac
[ "$to" != --can ] || exec "$javac" --release 22 --version >/dev/null 2>&1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile <kind> <release>
compile() {
    mkdir -p "$work/$1"
    "$javac" -Xlint:all,-options,-serial,-restricted -g:source,lines -parameters -XDstringConcat=inline --release "$2" -cp "$work/base" \
        -d "$work/$1" $(find "java/$1" -name '*.java' | sort) 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    if [ "$to" = --lint ] && grep -q 'warning: \[' "$work/said"; then
        grep -A 3 'warning: \[' "$work/said" >&2
        exit 1
    fi
}
compile base 11
compile ffm 22
compile compiler 11
[ "$to" != --lint ] || exit 0
for kind in base ffm compiler; do
    mkdir -p "$to/$kind"
    rm -f "$to/$kind"/*.class
    # What is in another package than ours has that in the name of its file.
    (cd "$work/$kind" && find . -name '*.class') | while read -r class; do
        name=$(echo "${class#./}" | tr / .)
        own=${name#metaffi.guest.}
        case ${own%.class} in
        *.*) cp "$work/$kind/$class" "$to/$kind/$name" ;;
        *) cp "$work/$kind/$class" "$to/$kind/$own" ;;
        esac
    done
done
"$javac" -version >"$to/javac.txt" 2>&1
