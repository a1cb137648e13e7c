"""Prints, tab-separated, the nanoseconds that a call of guest_add takes other libraries."""

import ctypes
import itertools
import sys
import time

SLICES, CALLS = 200, 2000


def best(call):
    """The best slice; the loop around the calls is in it."""

    def slice_of(function):
        repetitions = itertools.repeat(None, CALLS)
        start = time.thread_time_ns()
        for _ in repetitions:
            function(1, 2)
        return (time.thread_time_ns() - start) / CALLS

    return min(slice_of(call) for _ in range(SLICES))


def ctypes_add(path):
    add = ctypes.CDLL(path).guest_add
    add.argtypes = [ctypes.c_int64, ctypes.c_int64]
    add.restype = ctypes.c_int64
    return add


def cffi_add(path):
    import cffi

    ffi = cffi.FFI()
    ffi.cdef("int64_t guest_add(int64_t a, int64_t b);")
    return ffi.dlopen(path).guest_add


def main(path):
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"ctypes, Python {version}", best(ctypes_add(path)), sep="\t")
    try:
        print(f"CFFI in ABI mode, Python {version}", best(cffi_add(path)), sep="\t")
    except ImportError:
        pass


main(sys.argv[1])
