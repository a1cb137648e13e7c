"""What the benchmarks call in Python."""


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


class Counter:
    def __init__(self):
        self.count = 1

    def increment(self):
        self.count = 2
        return self.count
