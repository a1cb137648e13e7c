"""The functions of the suite that every runtime passes."""


class Box:
    def __init__(self, number):
        self.number = number
        self.list = [1, 2, 3]
        self.map = {"one": 1}

    def plus(self, number):
        return self.number + number


def nop():
    pass


def add(a: int, b: int) -> int:
    return a + b


def multiply(a: float, b: float) -> float:
    return a * b


def negate(truth: bool) -> bool:
    return not truth


def echo(text: str) -> str:
    return text


def total(numbers, count):
    return float(sum(numbers[:count]))


def apply(function, a, b):
    return function(a, b)


def make(number):
    return Box(number)


def read(box):
    return box.number
