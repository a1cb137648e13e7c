"""What is measured, and what was asked: how many times the limit's and each peer's time it may take."""

from collections import namedtuple

Row = namedtuple("Row", "what variant title limit asked peers")

LIMIT, OURS = "limit", "metaffi"
# The limit of what is an object of its own, and no function of an extension module.
CALLED = "extension type"
CTYPES, CFFI, CFFI_ABI = "ctypes", "CFFI, API mode", "CFFI, ABI mode"
PEERS = (CTYPES, CFFI, CFFI_ABI)

SCALARS = {CTYPES: 0.2, CFFI: 0.55, CFFI_ABI: 0.25}
TEXTS = {CTYPES: 0.5, CFFI: 0.5}
ARRAYS = {CFFI: 1}
STRUCTS = {CFFI: 0.6}
CALLBACKS = {CTYPES: 0.4, CFFI: 0.5}

HELD, RELEASED = "GIL held", "GIL released"


def both(what, title, held, released, peers):
    """A call of C with the GIL held on both sides, and one with the GIL released on both."""
    yield Row(what, HELD, title, "extension", held, peers)
    yield Row(what, RELEASED, title, "extension", released, peers)


def one(what, title, limit, asked, peers=None):
    """What does not call C, or calls Python."""
    return Row(what, "", title, limit, asked, peers or {})


ROWS = [
    *both("nop", "C: nop()", 1.7, 1.5, SCALARS),
    *both("add", "C: add(int64, int64)", 1.7, 1.5, SCALARS),
    *both("multiply", "C: f(double, double)", 1.7, 1.5, SCALARS),
    *both("echo 10", "C: text of 10 bytes in and out", 1.5, 1.5, TEXTS),
    *both("echo 1000", "C: text of 1000 bytes in and out", 1.5, 1.5, TEXTS),
    *both("sum buffer", "C: 10 000 doubles of a numpy array", 1.15, 1.15, ARRAYS),
    *both("sum list", "C: 10 000 doubles of a list", 1.3, 1.3, ARRAYS),
    *both("method", "C: method of a struct", 1.6, 1.6, STRUCTS),
    one("field", "C: field of a struct", "extension", 1.6, STRUCTS),
    *both("callback", "C: callback once per call", 1.6, 1.6, CALLBACKS),
    one("python", "Python: add(a, b)", "direct call", 2.5),
    one("raise", "Python: an error", "extension", 2),
    one("raise through", "C: an exception of its callback", "extension", 2),
    one("values", "Python: list of 100 mixed values, echoed", "extension", 1.5),
]

# For `import metaffi` in a fresh process.
IMPORT_NS = 20e6
