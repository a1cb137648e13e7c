"""What the benchmarks call in Python."""

import itertools


def nop() -> None:
    pass


def add(a, b):
    return a + b


def multiply(a, b):
    return a * b


def echo(value):
    return value


def total(values):
    return sum(values)


def apply(function):
    return function(1, 2)


def fail() -> None:
    raise ValueError("no such value")


numbers = list(range(1000))
sizes = {"width": 300, "height": 400, "depth": 500}


def fail_deep(depth):
    if depth == 1:
        raise ValueError("no such value")
    fail_deep(depth - 1)


def take(value) -> None:
    pass


SMALL_LIST = [1, 2, 3]
SMALL_DICT = {"one": 1}


def small_list():
    return SMALL_LIST


def small_dict():
    return SMALL_DICT


def three():
    return 1000, 2000, 3000


def four(a, b, *, c, d):
    return a


class Counter:
    def __init__(self):
        self.count = 1

    def increment(self):
        self.count = 2
        return self.count


COUNTER = Counter()

NUMBERS = itertools.repeat(1000)
