"""What the tests of the package call in the guest python3."""

from __future__ import annotations

import os
from typing import Any, Callable

COUNTER = 7
CALLS: list[str] = []


class Box:
    """A box."""

    made = 0

    def __init__(self, number: int) -> None:
        type(self).made += 1
        self.number = number

    def add(self, other: int) -> int:
        return self.number + other

    def __repr__(self) -> str:
        return f"Box({self.number})"


class Custom(Exception):
    """An exception with data of its own."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def nothing() -> None:
    CALLS.append("nothing")


def add(left: int, right: int) -> int:
    """The sum of two numbers."""
    CALLS.append("add")
    return left + right


def multiply(left: float, right: float) -> float:
    return left * right


def greet(name: str, greeting: str = "Hello", mark: str = "!") -> str:
    return f"{greeting}, {name}{mark}"


def pair() -> tuple[int, str]:
    return 1, "one"


def three() -> Any:
    return 1, 2.5, "three"


def echo(value: Any) -> Any:
    return value


def kind(value: Any) -> str:
    return type(value).__name__


def same(left: object, right: object) -> bool:
    return left is right


def length(value: Any) -> int:
    return len(value)


def total(*numbers: int) -> int:
    return sum(numbers)


def keyword_only(base: int, *, factor: int = 2) -> int:
    return base * factor


def make_box(number: int) -> Box:
    return Box(number)


def open_box(box: Box) -> int:
    return box.number


def apply(function: Callable[[int, int], int], left: int, right: int) -> int:
    return function(left, right)


def adder(amount: int) -> Callable[[int], int]:
    def add_amount(value: int) -> int:
        return value + amount

    return add_amount


def pairer() -> Callable[[], Any]:
    def both() -> tuple[int, int]:
        return 1, 2

    return both


def ragged() -> Any:
    return [[1], [2, 3], [], [4, 5, 6]]


def fail(message: str) -> None:
    raise ValueError(message)


def fail_custom(code: int) -> None:
    raise Custom("custom failure", code)


def fail_deep(depth: int) -> None:
    if depth:
        fail_deep(depth - 1)
    raise KeyError("deep")


def fail_with_cause() -> None:
    try:
        fail("inner")
    except ValueError as error:
        raise RuntimeError("outer") from error


def fail_without_text() -> None:
    raise ValueError


def leave() -> None:
    raise SystemExit(3)


def pid() -> int:
    return os.getpid()
