"""Real objects of many types, each made anew, with what they are used with."""

import array
import asyncio
import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import json
import pathlib
import re
import sqlite3
import types
import uuid


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


@dataclasses.dataclass
class Point:
    x: int = 1


@dataclasses.dataclass(frozen=True, order=True)
class Fixed:
    x: int = 1


class Slots:
    __slots__ = ("x",)


class Nothing:
    """One that is no sequence of itself, and has no hash."""

    __slots__ = ()
    __hash__ = None
    __eq__ = object.__eq__


class Old:
    """Iterated by positions alone."""

    def __getitem__(self, index):
        return [1, 2, 3][index]


class Abstract(collections.abc.Sized):
    pass


def cursor():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute("SELECT 1 AS one, 'two' AS two")


def generator():
    try:
        yield 1
    finally:
        pass


async def coroutine():
    pass


async def stream():
    yield 1


def numpy(make):
    try:
        import numpy
    except ImportError:
        return None
    return make(numpy)


# Of each: how it is made, then a position or None, and a key or None, that it has.
OBJECTS = {
    "int": (lambda: 7, None, None),
    "huge int": (lambda: 1 << 100, None, None),
    "float": (lambda: 1.5, None, None),
    "bool": (lambda: True, None, None),
    "complex": (lambda: 1j, None, None),
    "str": (lambda: "text", 1, None),
    "bytes": (lambda: b"bytes", 1, None),
    "bytearray": (lambda: bytearray(b"bytes"), 1, None),
    "memoryview": (lambda: memoryview(bytearray(b"bytes")), 1, None),
    "read-only memoryview": (lambda: memoryview(b"bytes"), 1, None),
    "list": (lambda: [1, 2, 3], 1, None),
    "tuple": (lambda: (1, 2, 3), 1, None),
    "range": (lambda: range(3), 1, None),
    "deque": (lambda: collections.deque([1, 2, 3]), 1, None),
    "array": (lambda: array.array("i", [1, 2, 3]), 1, None),
    "old sequence": (Old, 1, 1),
    "set": (lambda: {1, 2}, None, None),
    "frozenset": (lambda: frozenset([1]), None, None),
    "dict": (lambda: {"key": 1}, None, "key"),
    "Counter": (lambda: collections.Counter({"key": 1}), None, "key"),
    "OrderedDict": (lambda: collections.OrderedDict(key=1), None, "key"),
    "mappingproxy": (lambda: types.MappingProxyType({"key": 1}), None, "key"),
    "ChainMap": (lambda: collections.ChainMap({"key": 1}), None, "key"),
    "match": (lambda: re.match("(?P<key>.)", "a"), 1, "key"),
    "pattern": (lambda: re.compile("a"), None, None),
    "None": (lambda: None, None, None),
    "object": (object, None, None),
    "nothing": (Nothing, None, None),
    "slots": (Slots, None, None),
    "dataclass": (Point, None, None),
    "frozen dataclass": (Fixed, None, None),
    "enum member": (lambda: Colour.RED, None, None),
    "integer enum member": (lambda: Number.ONE, None, None),
    "enum": (lambda: Colour, None, "RED"),
    "type": (lambda: Point, None, None),
    "static type": (lambda: int, None, None),
    "abstract type": (lambda: Abstract, None, None),
    "module": (lambda: json, None, None),
    "function": (lambda: generator, None, None),
    "builtin": (lambda: len, None, None),
    "lambda": (lambda: lambda: 1, None, None),
    "exception": (lambda: ValueError("wrong"), None, None),
    "generator": (generator, None, None),
    "iterator": (lambda: iter([1, 2, 3]), None, None),
    "coroutine": (coroutine, None, None),
    "asynchronous generator": (stream, None, None),
    "date": (lambda: datetime.date(2000, 1, 1), None, None),
    "naive datetime": (lambda: datetime.datetime(2000, 1, 1), None, None),
    "aware datetime": (
        lambda: datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc),
        None,
        None,
    ),
    "timedelta": (lambda: datetime.timedelta(1), None, None),
    "timezone": (lambda: datetime.timezone.utc, None, None),
    "Decimal": (lambda: decimal.Decimal("1.5"), None, None),
    "Fraction": (lambda: fractions.Fraction(1, 3), None, None),
    "Path": (lambda: pathlib.Path("/"), None, None),
    "UUID": (lambda: uuid.UUID(int=1), None, None),
    "cursor": (cursor, None, None),
    "row": (lambda: cursor().fetchone(), 1, "one"),
    "file": (lambda: io.StringIO("text"), None, None),
    "binary file": (lambda: io.BytesIO(b"text"), None, None),
    "suppress": (lambda: contextlib.suppress(ValueError), None, None),
    "event": (asyncio.Event, None, None),
    "ndarray": (lambda: numpy(lambda numpy: numpy.arange(3)), 1, None),
    "read-only ndarray": (lambda: numpy(lambda numpy: numpy.broadcast_to(1, 3)), 1, None),
    "float64": (lambda: numpy(lambda numpy: numpy.float64(1.5)), None, None),
    "datetime64": (lambda: numpy(lambda numpy: numpy.datetime64("2000-01-01")), None, None),
}


def names():
    return "\n".join(OBJECTS)


def make(name):
    return OBJECTS[name][0]()


def position(name):
    return OBJECTS[name][1]


def key(name):
    return OBJECTS[name][2]
