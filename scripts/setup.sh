#!/bin/sh
# Checks for what a task needs, and installs the Debian packages that are missing.
#   setup.sh demo|test|bench
# Without the right to install it prints the command that does, and fails. What is optional is
# named and left out.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:$HOME/.cargo/bin
level=${1:-test}
# The system's own: its libpython is a package.
python=/usr/bin/python3

missing=
optional=
# need <package> <check…>: the package is missing unless the check succeeds.
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
# want <package> <check…>: as need, but what is missing is only left out.
want() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || optional="$optional $package"
}
command_of() { command -v "$1"; }
either() { command -v "$1" || command -v "$2"; }

# The package of the libpython that belongs to the system's Python, or to the one that is installed with it.
libpython_package() {
    "$python" -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])' 2>/dev/null ||
        echo libpython3-dev
}
has_libpython() {
    "$python" -c 'import ctypes, sys
ctypes.CDLL("libpython%d.%d.so.1.0" % sys.version_info[:2])'
}

has_header() {
    printf '#include <%s>\n' "$1" | cc -E -
}

for_demo() {
    want python3 command_of python3
    want "$(libpython_package)" has_libpython
    want default-jdk-headless command_of javac
    want maven command_of mvn
    need gcc command_of cc
    need g++ command_of c++
    need make command_of make
    need cmake command_of cmake
    need libc6-dev test -e /usr/include/stdio.h
    need zlib1g-dev test -e /usr/include/zlib.h
    need libsqlite3-dev test -e /usr/include/sqlite3.h
}
for_test() {
    need pkg-config command_of pkg-config
    need valgrind command_of valgrind
    need clang-format either clang-format-14 clang-format
    need python3 command_of python3
    need luajit command_of luajit
    want libffi-dev has_header ffi.h
    need "$(libpython_package)" has_libpython
    want python3-venv "$python" -c 'import ensurepip'
}
# What the programs in examples/python call.
for_examples() {
    want libcurl4-openssl-dev has_header curl/curl.h
    want libfftw3-dev has_header fftw3.h
    want libuv1-dev has_header uv.h
    want libexpat1-dev has_header expat.h
    want libgmp-dev has_header gmp.h
    want libglib2.0-dev pkg-config --exists glib-2.0
    want libcairo2-dev has_header cairo/cairo.h
    want libzstd-dev has_header zstd.h
    want libpng-dev has_header png.h
    want libopenblas-dev has_header cblas.h
    want libncurses-dev has_header term.h
    # Headers of big programs, which the tests of the Python package read.
    want libperl-dev ls /usr/lib/*/perl/*/CORE/perl.h
    want ruby-dev ls /usr/include/ruby-*/ruby.h
}
for_bench() {
    need python3 command_of python3
    need python3-venv python3 -c 'import ensurepip'
    # The rows of Python are those of the interpreters whose headers are here.
    want python3-dev "$python" -c 'import os, sysconfig
open(os.path.join(sysconfig.get_path("include"), "Python.h"))'
}
collect() {
    missing=
    optional=
    for_demo
    case $level in
    demo) ;;
    test)
        for_test
        for_examples
        ;;
    bench) for_bench ;;
    *)
        echo "usage: setup.sh demo|test|bench" >&2
        exit 2
        ;;
    esac
}

check_rust() {
    wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version 2>/dev/null | cut -d ' ' -f 2) || found=
    if ! command -v cargo >/dev/null || [ -z "$found" ]; then
        echo "Rust $wanted or newer is needed: install it with rustup (https://rustup.rs)" >&2
        exit 1
    fi
    oldest=$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)
    if [ "$oldest" != "$wanted" ]; then
        echo "Rust $wanted or newer is needed, here is $found: rustup update stable" >&2
        exit 1
    fi
}

# may_install: whether this user can, and as_root how.
may_install() {
    if ! command -v apt-get >/dev/null; then
        return 1
    elif [ "$(id -u)" -eq 0 ]; then
        as_root=
    else
        as_root='sudo -n'
        sudo -n true 2>/dev/null
    fi
}

# install_packages <package…>
install_packages() {
    echo "installing: $*"
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -q </dev/null
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends -q "$@" </dev/null
}

install_missing() {
    # shellcheck disable=SC2086 # a list of packages
    if may_install; then
        install_packages $missing
    elif command -v apt-get >/dev/null; then
        echo "missing; install with: sudo apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    else
        echo "missing; on Debian these are the packages:$missing" >&2
        exit 1
    fi
}

# One that cannot be installed takes no other with it.
install_optional() {
    lacking=$optional
    # shellcheck disable=SC2086 # a list of packages
    if may_install && ! install_packages $optional; then
        lacking=
        for package in $optional; do
            install_packages "$package" || lacking="$lacking $package"
        done
    elif may_install; then
        return
    fi
    [ -z "$lacking" ] || echo "optional, not installed:$lacking (what needs it is left out)"
}

# Node's client is a test where node is; npm brings in too much to install it unasked.
install_koffi() (
    cd examples/clients
    if [ -d node_modules/koffi ]; then
        exit
    elif ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "optional, not installed: nodejs npm (the client for Node is skipped)"
    else
        npm install --no-audit --no-fund --no-package-lock --silent </dev/null ||
            echo "npm could not install koffi: the client for Node is skipped"
    fi
)

# numpy for the system's Python, in an environment of the tests' own.
install_numpy() {
    environment=${BUILD:-build}/numpy
    if "$environment/bin/python" -c 'import numpy' 2>/dev/null; then
        return
    elif ! "$python" -m venv "$environment" >/dev/null 2>&1; then
        echo "optional, not installed: python3-venv (the tests with numpy are skipped)"
    else
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check numpy \
            </dev/null || echo "pip could not install numpy: the tests with numpy are skipped"
    fi
}

# pip_install <environment> <what the tests lack without it> <argument…>
pip_install() {
    environment=$1 lack=$2
    shift 2
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$@" </dev/null ||
        echo "pip could not install for $environment: $lack"
}

# make_environment <directory> <interpreter>: what the tests of the Python package import.
make_environment() {
    if "$1/bin/python" -c 'import pytest' 2>/dev/null; then
        return
    elif ! "$2" -m venv --clear "$1" >/dev/null 2>&1; then
        echo "optional, not installed: venv for $2 (the package is not tested with it)"
        return
    fi
    pip_install "$1" 'the package is not tested with it' 'pytest>=7'
    # Whatever has no wheel for this version is left out.
    for optional_package in numpy pyarrow cffi greenlet joblib distributed; do
        pip_install "$1" "tests with $optional_package are skipped" \
            --only-binary :all: "$optional_package"
    done
}

# An environment for each CPython. That of the newest builds the wheel and checks the types.
make_environments() {
    environments=${BUILD:-build}/python newest=
    while read -r version executable; do
        make_environment "$environments/$version" "$executable"
        newest=$environments/$version
    done <<LIST
$("$python" scripts/pythons.py)
LIST
    if [ -n "$newest" ] && ! "$newest/bin/python" -c 'import setuptools_rust' 2>/dev/null; then
        pip_install "$newest" 'the Python package is not tested' 'setuptools>=77' 'setuptools-rust>=1.10'
        pip_install "$newest" 'its types are not checked' mypy==2.4.1 ruff==0.17.5
    fi
}

# The libraries of Java that the tests call.
install_java_libraries() {
    if ! command -v mvn >/dev/null; then
        echo "optional, not installed: maven (the tests with libraries of Java are skipped)"
    else
        scripts/java_libraries.sh "${BUILD:-build}/java" ||
            echo "Maven could not fetch libraries: the tests with them are skipped"
    fi
}

check_rust
collect
if [ -n "$missing" ]; then
    install_missing
    collect
    if [ -n "$missing" ]; then
        echo "still missing after the installation:$missing" >&2
        exit 1
    fi
fi
[ -z "$optional" ] || install_optional
if [ "$level" = test ]; then
    install_koffi
    install_numpy
    make_environments
    install_java_libraries
fi
if [ "$level" = bench ]; then
    python3 benches/from_python/environments.py "${BUILD:-build}/benches/from_python"
fi
