"""What the parties make statements of, for rows of C data."""

import functools
import random

XYZ = [1.0, 2.0, 3.0]
DICTS = [{"x": 1.0, "y": 2.0, "z": 3.0}] * 10
MATRIX = [[i * j for j in range(10)] for i in range(10)]
INTS = list(range(1000))
FLOATS = [float(number) for number in INTS]
SHUFFLED = random.Random(1).sample(INTS, len(INTS))

# How many objects are counted.
COUNTS = {"struct": 100_000, "view": 100_000, "callable": 20_000}


def annotated(number: int) -> int:
    return number + 1


def added(by: int, number: int) -> int:
    return number + by


class Adder:
    def method(self, number: int) -> int:
        return number + 1

    def __call__(self, number: int) -> int:
        return number + 1


def closure():
    def inner(number: int) -> int:
        return number + 1

    return inner


@functools.wraps(annotated)
def decorated(*given):
    return annotated(*given)


# What is made a callable, by kind: what is written, of these names.
FUNCTIONS = {
    "annotated": "annotated",
    "closure": "closure()",
    "method": "adder.method",
    "object": "adder",
    "decorated": "decorated",
    "partial": "partial",
    "builtin": "abs",
}
NAMES = {
    "annotated": annotated,
    "closure": closure,
    "adder": Adder(),
    "decorated": decorated,
    "partial": functools.partial(added, 1),
    "abs": abs,
}


class Refusal(Exception):
    """What a callback raises."""


def refuse(number):
    raise Refusal


def made(count, annotated=False):
    """So many functions that are alike."""
    return [closure() if annotated else lambda number: number + 1 for _ in range(count)]


class Makers:
    """Functions that make the statement of a row, by its name.

    `@makers("a row", name=value)` stands above a function that takes the party's library and `name`.
    """

    def __init__(self):
        self._made = {}

    def __call__(self, what, **names):
        def keep(function):
            self._made[what] = (function, names)
            return function

        return keep

    def of(self, *library):
        """For each row, what makes its statement."""

        def bind(function, names):
            return lambda: function(*library, **names)

        return {what: bind(*made) for what, made in self._made.items()}
