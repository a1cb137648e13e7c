"""Objects for random operations, made of values, and Python's own operations on any object."""

import array
import collections
import dataclasses
import gc
import operator
import types


class Token:
    """A thing that is equal to itself alone."""

    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"token {self.number}"


class Properties:
    """Attributes that are found, missing and broken in every way."""

    fixed = 7

    def __init__(self):
        self._x = 0
        self.plain = 1

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        if value is None:
            raise ValueError("no number")
        self._x = value

    @property
    def broken(self):
        raise RuntimeError("broken")

    @property
    def lost(self):
        raise AttributeError("something else is lost")


@dataclasses.dataclass(order=True)
class Point:
    x: object
    y: object


def counting(count, wrong):
    """Counts, fails at `wrong`, adds up what is sent, and 100 for each ValueError."""
    total = 0
    for number in range(count):
        if number == wrong:
            raise ZeroDivisionError("wrong")
        try:
            sent = yield number
            total += sent or 0
        except ValueError:
            total += 100
    return total


def mapping(kind):
    return lambda *items: kind(zip(items[::2], items[1::2]))


MAKERS = {
    "list": lambda *items: list(items),
    "tuple": lambda *items: items,
    "bytes": lambda *items: bytes(items),
    "bytearray": lambda *items: bytearray(items),
    "deque": lambda *items: collections.deque(items),
    "array": lambda *items: array.array("q", items),
    "dict": mapping(dict),
    "ordered dict": mapping(collections.OrderedDict),
    "set": lambda *items: set(items),
    "frozenset": lambda *items: frozenset(items),
    "namespace": types.SimpleNamespace,
    "properties": Properties,
    "point": Point,
    "generator": counting,
    "token": Token,
}


def elements(kind):
    return lambda instance: list(kind(instance))


def items(instance):
    return [one for pair in instance.items() for one in pair]


OPERATIONS = {
    "get item": operator.getitem,
    "set item": operator.setitem,
    "delete item": operator.delitem,
    "slice": lambda instance, start, stop, step: list(instance[start:stop:step]),
    "length": len,
    "contains": operator.contains,
    "elements": list,
    "keys": lambda instance: list(instance.keys()),
    "values": lambda instance: list(instance.values()),
    "entries": items,
    "compare": lambda instance, how, other: getattr(operator, how)(instance, other),
    "hash": hash,
    "truth": bool,
    "display": str,
    "debug": repr,
    "get attribute": getattr,
    "set attribute": setattr,
    "delete attribute": delattr,
    "call": lambda instance, *values, **named: instance(*values, **named),
    "collect": gc.collect,
    "view": lambda instance: list(memoryview(instance)),
}


def text(text):
    return text


def tool(name):
    return MAKERS[name] if name in MAKERS else OPERATIONS[name]
