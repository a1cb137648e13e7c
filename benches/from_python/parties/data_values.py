"""What the parties make statements of, for rows of C data."""

import random

XYZ = [1.0, 2.0, 3.0]
DICTS = [{"x": 1.0, "y": 2.0, "z": 3.0}] * 10
MATRIX = [[i * j for j in range(10)] for i in range(10)]
INTS = list(range(1000))
FLOATS = [float(number) for number in INTS]
SHUFFLED = random.Random(1).sample(INTS, len(INTS))

# How many objects are counted.
COUNTS = {"struct": 100_000, "view": 100_000, "callable": 20_000}


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
