"""What the tests call."""

from typing import Callable

__all__ = [
    "add", "greet", "divmod_of", "defaults", "only_keywords", "only_positional", "gather", "spread",
    "Account", "Base", "Derived", "counter", "square", "apply", "keep", "call_kept", "fail", "untyped",
    "names", "make_adder", "identity", "total", "instance", "catch", "Meta",
]

counter: int = 7
square = lambda x: x * x  # noqa: E731


def add(a: int, b: int) -> int:
    """The sum."""
    return a + b


def greet(name: str) -> str:
    return f"hello, {name}"


def divmod_of(a: int, b: int) -> "tuple[int, int]":
    return divmod(a, b)


def defaults(a: int, b: int = 10, c: int = 100) -> int:
    return a + b + c


def only_keywords(a: int, *, scale: int = 1, offset: int = 0) -> int:
    return a * scale + offset


def only_positional(a: int, b: int = 2, /) -> int:
    return a - b


def gather(*args, **kwargs):
    return ",".join([str(a) for a in args] + [f"{k}={v}" for k, v in kwargs.items()])


def spread(first: int, *rest: int) -> int:
    return first + sum(rest)


def untyped(a, b=None):
    return a if b is None else b


def identity(thing):
    return thing


def names() -> "list[str]":
    return ["x", "y"]


class Base:
    kind: str = "base"

    def name(self) -> str:
        return "base"


class Derived(Base):
    def name(self) -> str:
        return "derived"


class Meta(type):
    pass


class Account:
    """An account."""

    currency = "EUR"
    opened = 0
    owner: str

    def __new__(cls, owner="nobody", balance=0):
        made = super().__new__(cls)
        made.made_by_new = True
        return made

    def __init__(self, owner: str = "nobody", balance: int = 0):
        self.owner = owner
        self._balance = balance

    def deposit(self, amount: int) -> int:
        """Adds to the balance."""
        self._balance += amount
        return self._balance

    @property
    def balance(self) -> int:
        """What there is."""
        return self._balance

    @balance.setter
    def balance(self, value: int):
        self._balance = value

    @classmethod
    def open(cls, owner: str) -> "Account":
        return cls(owner, 1)

    @staticmethod
    def limit(factor: int) -> int:
        return factor * 1000

    def __call__(self, amount: int) -> int:
        return self.deposit(amount)


instance = Account("shared", 5)

kept: list = []


def apply(function: Callable, value):
    return function(value)


def keep(function: Callable) -> None:
    kept.append(function)


def call_kept(value):
    return kept[-1](value)


def make_adder(n: int) -> Callable:
    def adder(a: int) -> int:
        return a + n

    return adder


def total(function: Callable, count: int) -> int:
    return sum(function(i) for i in range(count))


def catch(function: Callable) -> str:
    try:
        function(1)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


class SampleError(ValueError):
    pass


def fail(message: str) -> None:
    raise SampleError(message)
