"""Who takes part. Each module has `statements(context)`: what to time, by (what, variant) of a row.

The variant is None where a party does the same for all.
"""

import functools
from collections import namedtuple

from ..timing import statement

# The guest in C: a library and its header. The guest in Python: a file.
Context = namedtuple("Context", "library header python_file")

TEXTS = {"echo 10": "x" * 10, "echo 1000": "x" * 1000}
LENGTH = 10_000
DOUBLES = [float(number) for number in range(LENGTH)]
# Of every kind that needs no declaration.
MIXED = [1, -(2**40), 1.5, "text", "a longer téxt", b"bytes", True, None, [1, 2.5], "x"] * 10

RAISING = """
try:
    {call}
except {error}:
    pass
else:
    raise AssertionError
"""


class Refusal(Exception):
    """What a callback raises."""


def refuse(a: int, b: int) -> int:
    raise Refusal


def add(a: int, b: int) -> int:
    return a + b


def raising(call, error="Refusal", /, **names):
    """A call that raises, and what an application does about it."""
    return statement(RAISING.format(call=call, error=error), **names)


@functools.lru_cache(maxsize=None)
def array():
    """The numbers as an array of numpy's, or None."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy.array(DOUBLES)
