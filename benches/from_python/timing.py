"""Timing what takes nanoseconds: unrolled statements, of which several take turns, a short slice each.

Every contestant has a function of its own, compiled for it, so that the interpreter specialises it
for what it calls. The loop around the statements is the same for all, and is not subtracted.
"""

import gc
import itertools
import textwrap
from collections import namedtuple
from time import thread_time_ns as clock

SLICE_NS = 100e3
SLICES = 400
# What takes longer than a slice is repeated less often.
TOTAL_NS = 250e6
FEWEST_SLICES = 10
# The fraction of slices that were faster than can be expected: a processor has moods.
LUCKY = 0.02
# How often the statement stands in the body of the loop.
UNROLLED = 25

# A statement, and what the names in it stand for.
Statement = namedtuple("Statement", "text names")

LOOP = """\
def run(repetitions, clock, {names}):
    start = clock()
    for _ in repetitions:
{body}
    return clock() - start
"""


def statement(text, /, **names):
    return Statement(textwrap.dedent(text).strip(), names)


class Contestant:
    """One way of doing something."""

    def __init__(self, name, statement):
        self.name = name
        self._slices = []
        self._statement = statement
        self._unroll(1)

    def _unroll(self, times):
        text, names = self._statement
        source = LOOP.format(
            names=", ".join(names), body=textwrap.indent("\n".join([text] * times), " " * 8)
        )
        scope = {}
        exec(compile(source, f"<{self.name}>", "exec"), scope)
        self._run = scope["run"]
        self._times = times

    def _total(self, repetitions):
        return self._run(
            itertools.repeat(None, repetitions), clock, *self._statement.names.values()
        )

    def calibrate(self):
        """Chooses how often a slice does it."""
        self._repetitions = 1
        if self._total(1) + self._total(1) < SLICE_NS:
            self._unroll(UNROLLED)
        while self._total(self._repetitions) < SLICE_NS:
            self._repetitions *= 2

    def slice(self):
        """Nanoseconds of this slice."""
        total = self._total(self._repetitions)
        self._slices.append(total / (self._repetitions * self._times))
        return total

    @property
    def best(self):
        """Nanoseconds for doing it once: what the fastest slices took, but for the luckiest."""
        return sorted(self._slices)[int(len(self._slices) * LUCKY)]

    def once(self):
        """Does it once, as a test."""
        self._total(1)

    def result(self):
        """What the statement evaluates to, or what was assigned to; None if it is neither."""
        text, names = self._statement
        if "\n" in text:
            return None
        target, assigns, _ = text.partition(" = ")
        if assigns:
            exec(text, dict(names))
        return eval(target, dict(names))


def measure(contestants):
    """Times them all."""
    gc.collect()
    gc.disable()
    try:
        for contestant in contestants:
            contestant.calibrate()
        round_ns = sum(contestant.slice() for contestant in contestants)
        rounds = min(SLICES, int(TOTAL_NS * len(contestants) / round_ns) + FEWEST_SLICES)
        for _ in range(rounds):
            for contestant in contestants:
                contestant.slice()
    finally:
        gc.enable()
