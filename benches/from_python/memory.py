"""How much memory objects take."""

import ctypes
import gc
import re


class Mallinfo2(ctypes.Structure):
    """What the C library's allocator says of itself."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]


def allocated():
    """The bytes that are allocated; of Python's objects, if PYTHONMALLOC=malloc."""
    gc.collect()
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Mallinfo2
    info = mallinfo2()
    return info.uordblks + info.hblkhd


def allocated_for(make, count):
    """The bytes for each of so many objects, that `make` puts into a list of that length."""
    kept = [None] * count
    before = allocated()
    make(kept)
    return (allocated() - before) / count


def resident():
    """The bytes of the pages of this process, without what is free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/smaps_rollup", encoding="utf-8") as file:
        return int(re.search(r"^Rss:\s*(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024


def taken_by(make):
    """The bytes for each of the objects in the list that `make` returns, without their place in it."""
    before = resident()
    made = make()
    return (resident() - before - made.__sizeof__()) / len(made)
