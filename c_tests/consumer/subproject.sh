#!/bin/sh
# A project that has metaffi in a subdirectory: it links the target, and installs itself alone.
#   subproject.sh <libmetaffi.so> <cmake> <cc> <c++>
set -eu
library=$1 cmake=$2 cc=$3 cxx=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/CMakeLists.txt" <<LISTS
cmake_minimum_required(VERSION 3.21)
project(parent LANGUAGES C)
add_subdirectory($here/../.. metaffi)
add_executable(parent $here/consumer.c)
target_link_libraries(parent PRIVATE metaffi::metaffi)
install(TARGETS parent)
LISTS
"$cmake" -S "$work" -B "$work/build" -DMETAFFI_LIBRARY="$library" -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_CXX_COMPILER="$cxx" >"$work/log" &&
    "$cmake" --build "$work/build" >>"$work/log" &&
    "$cmake" --install "$work/build" --prefix "$work/prefix" >>"$work/log" ||
    { cat "$work/log"; exit 1; }
"$work/build/parent"
installed=$(cd "$work/prefix" && find . -type f)
if [ "$installed" != ./bin/parent ]; then
    printf 'installed beside the program:\n%s\n' "$installed" >&2
    exit 1
fi
