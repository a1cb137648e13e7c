"""How much memory objects take."""

import ctypes
import gc
import re


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
