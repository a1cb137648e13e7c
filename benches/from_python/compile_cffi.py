"""Compiles the guest's declarations for CFFI's API mode: python -m from_python.compile_cffi <guest directory> <library directory> <output directory>."""

import sys

import cffi
from .parties import cffi_, data_cffi

MODULES = {"compiled_guest": ("guest.h", cffi_), "compiled_data": ("data.h", data_cffi)}


def compile_module(name, header, declarations, headers, libraries, output):
    ffi = cffi.FFI()
    ffi.cdef(declarations)
    ffi.set_source(
        name,
        f'#include "{header}"',
        include_dirs=[headers],
        library_dirs=[libraries],
        libraries=["guest"],
        extra_link_args=[f"-Wl,-rpath,{libraries}"],
        extra_compile_args=["-O2"],
    )
    ffi.compile(tmpdir=output)


def main(headers, libraries, output):
    for name, (header, party) in MODULES.items():
        declarations = party.DECLARATIONS + party.CALLBACKS
        compile_module(name, header, declarations, headers, libraries, output)


main(*sys.argv[1:])
