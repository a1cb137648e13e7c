#!/bin/bash
# The source distribution of the Python package, and its path: sdist.sh <python with setuptools-rust> <directory>
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(realpath -s "$1")
rm -rf "$2" bindings/python/build bindings/python/*.egg-info
mkdir -p "$2"
place=$(realpath "$2")
cd bindings/python
"$python" -c 'import sys
from setuptools.build_meta import build_sdist
build_sdist(sys.argv[1])' "$place" >&2
rm -rf ./*.egg-info
echo "$place"/metaffi-*.tar.gz
