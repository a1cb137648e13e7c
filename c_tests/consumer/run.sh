#!/bin/sh
# Installs metaffi under a temporary prefix and builds programs against that copy, once through
# find_package and once through pkg-config.
#   run.sh <build directory> <cmake> <cc> <c++>
set -eu
build=$1 cmake=$2 cc=$3 cxx=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/first" >"$work/log" || { cat "$work/log"; exit 1; }
# Moved, so that nothing can depend on where it was installed.
mv "$work/first" "$work/prefix"

"$cmake" -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" >"$work/log" &&
    "$cmake" --build "$work/cmake" >>"$work/log" || { cat "$work/log"; exit 1; }
for program in consumer_c consumer_c_static cpp/consumer_cpp cpp/consumer_cpp_static; do
    "$work/cmake/$program"
done
if ldd "$work/cmake/consumer_c_static" | grep metaffi; then
    echo 'a program with the static library wants the shared one' >&2
    exit 1
fi

version=$(sed -n 's/^version *= *"\(.*\)"/\1/p' "$here/../../Cargo.toml" | head -n 1)
installed=$(echo "$work"/prefix/lib*/libmetaffi.so."$version")

# The soname says which versions have this ABI: those of the same minor version before 1.0, of the
# same major version from then on. The linker's name leads to it, and it to the file.
case $version in
0.*) soname=libmetaffi.so.${version%.*} ;;
*) soname=libmetaffi.so.${version%%.*} ;;
esac
library_dir=$(dirname "$installed")
readelf -d "$installed" | grep -qF "Library soname: [$soname]"
test "$(readlink "$library_dir/$soname")" = "libmetaffi.so.$version"
test "$(readlink "$library_dir/libmetaffi.so")" = "$soname"
readelf -d "$work/cmake/consumer_c" | grep -qF "Shared library: [$soname]"

# Stripped, and with the licences.
if readelf -SW "$installed" | grep '\.debug_info'; then
    echo 'the installed library has debugging information' >&2
    exit 1
fi
for licence in LICENSE-MIT LICENSE-APACHE LICENSES-DEPENDENCIES.md; do
    test -s "$work/prefix/share/doc/metaffi/$licence"
done

pc=$(find "$work/prefix" -name metaffi.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs metaffi)
# shellcheck disable=SC2086 # the flags are several words
"$cc" "$here/consumer.c" -o "$work/c" $flags
# shellcheck disable=SC2086
"$cxx" -std=c++17 "$here/cpp/consumer.cpp" -o "$work/cpp" $flags
LD_LIBRARY_PATH=$(pkg-config --variable=libdir metaffi)
export LD_LIBRARY_PATH
"$work/c"
"$work/cpp"

test "$(pkg-config --modversion metaffi)" = "$version"
