"""What the programs in C and C++ call of Python's own language: a class, errors, threads."""

import concurrent.futures
import ctypes
import json
import sys


class SettingsError(ValueError):
    """The text holds no settings."""


class Counter:
    """Counts, and how many counters there are."""

    alive = 0

    def __init__(self, value: int = 0):
        self.value = value
        Counter.alive += 1

    def __del__(self):
        Counter.alive -= 1

    def add(self, amount: int) -> int:
        self.value += amount
        return self.value


def add(a: int, b: int) -> int:
    return a + b


def magnitude(number: int) -> int:
    return abs(number)


def load_settings(text: str):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError("not JSON: " + text) from error


def apply(function, value: int) -> int:
    return function(value)


def describe_failure(function) -> str:
    try:
        function(-1)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def sum_on_threads(function, count: int) -> int:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return sum(pool.map(function, range(count)))


def compare_doubles(a: int, b: int) -> int:
    """Orders what two addresses hold, as qsort asks."""
    x, y = (ctypes.c_double.from_address(address).value for address in (a, b))
    return (x > y) - (x < y)


def last_after(values, function):
    """The last of some values, once a function of the host has run."""
    function()
    return f"last of {len(values)} is {values[-1]}"


KEPT = []


def keep(function):
    KEPT.append(function)


def fail_after_kept(number: int) -> int:
    """Fails, once the function that was kept has run."""
    KEPT.pop()()
    raise ValueError(f"as asked, for {number}")


def silence():
    """What nobody catches is not reported."""
    sys.unraisablehook = lambda _: None


def unsilence():
    sys.unraisablehook = sys.__unraisablehook__
