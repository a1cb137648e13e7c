"""Compiles the guest's declarations for CFFI's API mode: python -m from_python.compile_cffi <guest directory> <library directory> <output directory>."""

import sys

import cffi
from .parties.cffi_ import CALLBACKS, DECLARATIONS


def main(headers, libraries, output):
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS + CALLBACKS)
    ffi.set_source(
        "compiled_guest",
        '#include "guest.h"',
        include_dirs=[headers],
        library_dirs=[libraries],
        libraries=["guest"],
        extra_link_args=[f"-Wl,-rpath,{libraries}"],
        extra_compile_args=["-O2"],
    )
    ffi.compile(tmpdir=output)


main(*sys.argv[1:])
