"""What the benchmarks call in Python."""

import itertools
import json


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

MIXED = [
    value
    for i in range(2000)
    for value in (i * 1000, i / 8, f"text {i}", None, i % 2 == 0)
]
LARGE_DICT = {f"key {i}": i * 1000 for i in range(1000)}
MANY_NUMBERS = [i * 1000 for i in range(10000)]
RECORDS = json.loads(
    json.dumps([{"id": i, "name": f"name {i}", "tags": ["a", "b"]} for i in range(1000)])
)


def mixed_list():
    return MIXED


def large_dict():
    return LARGE_DICT


def many_numbers():
    return MANY_NUMBERS


def records():
    return RECORDS


memory = bytearray(1000)


def two_and_two(a, b, *, c, d):
    return a
