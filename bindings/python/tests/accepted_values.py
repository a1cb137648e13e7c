"""The values of Python that are given for parameters of every type of C."""

from __future__ import annotations

import array
import atexit
import ctypes
import datetime
import decimal
import enum
import fractions
import functools
import importlib
import io
import mmap
import os
import pathlib
import sys
from dataclasses import dataclass
from typing import Any, Callable

import metaffi


@dataclass(frozen=True)
class Value:
    """A value: what makes it of the guest, how many elements and bytes C may look at behind an
    address (-1 if there are none, but an address), and as what it travels behind `...`."""

    text: str
    make: Callable[[metaffi.MetaFFIModule], Any]
    items: int = 0
    bytes: int = 0
    variadic: str = "p"


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]


class Color(enum.IntEnum):
    GREEN = 2


class Access(enum.IntFlag):
    READ = 1
    WRITE = 4


class Index:
    def __index__(self) -> int:
        return 7


class Float:
    def __float__(self) -> float:
        return 1.5


class Path:
    def __fspath__(self) -> str:
        return "a path"


class Buffer:
    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(b"by __buffer__")


def twice(value: int) -> int:
    return 2 * value


def typed(value: int) -> int:
    return 2 * value


INTS = array.array("i", [1, 2])
FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(twice)


@functools.lru_cache(None)
def opened(path: str, mode: str) -> Any:
    """A file that is open until the program ends."""
    file = open(path, mode)  # noqa: SIM115
    atexit.register(file.close)
    return file


def ints(module: metaffi.MetaFFIModule) -> Any:
    return module.new("int[2]", [1, 2])


def plain() -> list[Value]:
    return [
        Value("None", lambda m: None),
        Value("True", lambda m: True, variadic="i"),
        Value("0", lambda m: 0, variadic="l"),
        Value("-1", lambda m: -1, variadic="l"),
        Value("65", lambda m: 65, variadic="l"),
        Value("200", lambda m: 200, variadic="l"),
        Value("2**31", lambda m: 2**31, variadic="l"),
        Value("2**63", lambda m: 2**63, variadic="L"),
        Value("2**64", lambda m: 2**64),
        Value("2**100", lambda m: 2**100),
        Value("16777217", lambda m: 16777217, variadic="l"),
        Value("Color.GREEN", lambda m: Color.GREEN, variadic="l"),
        Value("Access(5)", lambda m: Access(5), variadic="l"),
        Value("an object with __index__", lambda m: Index(), variadic="l"),
        Value("1.0", lambda m: 1.0, variadic="d"),
        Value("1.5", lambda m: 1.5, variadic="d"),
        Value("1e300", lambda m: 1e300, variadic="d"),
        Value("float('nan')", lambda m: float("nan"), variadic="d"),
        Value("an object with __float__", lambda m: Float()),
        Value("Decimal('1.5')", lambda m: decimal.Decimal("1.5")),
        Value("Fraction(3, 2)", lambda m: fractions.Fraction(3, 2)),
        Value("1.5+2j", lambda m: 1.5 + 2j),
        Value("'A'", lambda m: "A", 2, 2, "s"),
        Value("'text'", lambda m: "text", 5, 5, "s"),
        Value("'é'", lambda m: "é", 2, 3, "s"),
        Value("'a\\0b'", lambda m: "a\0b", 4, 4, "s"),
        Value("''", lambda m: "", 1, 1, "s"),
        Value("b'A'", lambda m: b"A", 2, 2, "s"),
        Value("b'bytes'", lambda m: b"bytes", 6, 6, "s"),
        Value("b'\\xff\\0\\xff'", lambda m: b"\xff\0\xff", 4, 4),
        Value("bytearray(b'bytes')", lambda m: bytearray(b"bytes"), 6, 6, "s"),
        Value("memoryview(b'bytes')", lambda m: memoryview(b"bytes"), 5, 5),
        Value("memoryview(b'bytes')[::2]", lambda m: memoryview(b"bytes")[::2], 3, 3),
        Value("memoryview(array('i', [1, 2]))", lambda m: memoryview(INTS), 2, 8),
        Value("memoryview(array('i', [1, 2]))[::2]", lambda m: memoryview(INTS)[::2], 1, 4),
        Value(
            "memoryview(array('i', [1, 2])).cast('B')", lambda m: memoryview(INTS).cast("B"), 8, 8
        ),
        Value("mmap(-1, 4)", lambda m: mmap.mmap(-1, 4), 4, 4),
        Value("pathlib.Path('file')", lambda m: pathlib.Path("file"), 5, 5, "s"),
        Value("an object with __fspath__", lambda m: Path(), 7, 7, "s"),
        Value("a file to read", lambda m: opened(__file__, "r"), -1, -1),
        Value("a file to write", lambda m: opened(os.devnull, "wb"), -1, -1),
        Value("io.BytesIO()", lambda m: io.BytesIO()),
        Value("array('i', [1, 2])", lambda m: array.array("i", [1, 2]), 2, 8),
        Value("array('d', [1, 2])", lambda m: array.array("d", [1, 2]), 2, 16),
        Value("array('H', [1, 2])", lambda m: array.array("H", [1, 2]), 2, 4),
        Value("[]", lambda m: [], -1, -1),
        Value("[1, 2]", lambda m: [1, 2], 2, 2),
        Value("(1, 2)", lambda m: (1, 2), 2, 2),
        Value("[1.5, 2]", lambda m: [1.5, 2], 2, 2),
        Value("[1, None]", lambda m: [1, None], 2, 2),
        Value("[1.5+2j, 3]", lambda m: [1.5 + 2j, 3], 2, 2),
        Value("['one', 'two']", lambda m: ["one", "two"], 2, 2),
        Value("[b'one', 'two', None]", lambda m: [b"one", "two", None], 2, 2),
        Value("[[1, 2], [3, 4]]", lambda m: [[1, 2], [3, 4]], 2, 4),
        Value("[[1, 2, 3, 4]]", lambda m: [[1, 2, 3, 4]], 1, 4),
        Value("[[1], [2, 3]]", lambda m: [[1], [2, 3]], 2, 4),
        Value("{'x': 1, 'y': 2.5}", lambda m: {"x": 1, "y": 2.5}, 1, 16),
        Value("{'z': 1}", lambda m: {"z": 1}, 1, 16),
        Value("(1, 2.5)", lambda m: (1, 2.5), 1, 2),
        Value("[{'x': 1}, (2, 2.5)]", lambda m: [{"x": 1}, (2, 2.5)], 2, 2),
        Value("{1, 2}", lambda m: {1, 2}),
        Value("range(2)", lambda m: range(2)),
        Value("datetime.date(2026, 1, 1)", lambda m: datetime.date(2026, 1, 1)),
        Value("object()", lambda m: object()),
    ]


def of_metaffi() -> list[Value]:
    return [
        Value("new('int', 5)", lambda m: m.new("int", 5), 1, 4),
        Value("new('double', 2.5)", lambda m: m.new("double", 2.5), 1, 8),
        Value("new('long double', 2.5)", lambda m: m.new("long double", 2.5), 1, 16, ""),
        Value("new('__int128', 5)", lambda m: m.new("__int128", 5), 1, 16, ""),
        Value("new('int[2]', [1, 2])", ints, 2, 8),
        Value("new('unsigned[2]', [1, 2])", lambda m: m.new("unsigned[2]", [1, 2]), 2, 8),
        Value("new('int *', …)", lambda m: m.new("int *", ints(m)), 1, 8),
        Value("new('double[2]', [1, 2])", lambda m: m.new("double[2]", [1, 2]), 2, 16),
        Value("new('int[2][2]', …)", lambda m: m.new("int[2][2]", [[1, 2], [3, 4]]), 2, 16),
        Value("new('double[1][4]', …)", lambda m: m.new("double[1][4]", [[1, 2, 3, 4]]), 1, 32),
        Value("new('char[6]', 'chars')", lambda m: m.new("char[6]", "chars"), 6, 6, "s"),
        Value("new('char *', 'chars')", lambda m: m.new("char *", "chars"), 1, 6, "s"),
        Value("new('wchar_t[3]', 'wi')", lambda m: m.new("wchar_t[3]", "wi"), 2, 8),
        Value("new('void *')", lambda m: m.new("void *")),
        Value(
            "new('char *[2]', ['one', 'two'])", lambda m: m.new("char *[2]", ["one", "two"]), 2, -1
        ),
        Value("new('int *[1]', …)", lambda m: m.new("int *[1]", [ints(m)]), 1, -1),
        Value("[new('int[2]', [1, 2])]", lambda m: [ints(m)], 1, -1),
        Value(
            "new('struct point', (1, 2.5))", lambda m: m.new("struct point", (1, 2.5)), 1, 16, "P"
        ),
        Value("new('struct point[1]', …)", lambda m: m.new("struct point[1]", [(1, 2.5)]), 1, 16),
        Value(
            "new('struct point *', …)",
            lambda m: m.new("struct point *", m.new("struct point")),
            1,
            16,
        ),
        Value(
            "new('double _Complex', [1, 2])", lambda m: m.new("double _Complex", [1, 2]), 1, 16, ""
        ),
        Value(
            "new('fftw_complex[1]', [[1, 2]])", lambda m: m.new("fftw_complex[1]", [[1, 2]]), 1, 16
        ),
        Value("cast('void *', 5)", lambda m: m.cast("void *", 5)),
        Value("cast('int (*)(int)', 5)", lambda m: m.cast("int (*)(int)", 5), variadic="p"),
        Value("a Python function", lambda m: twice, 1, -1, "f"),
        Value("a lambda", lambda m: lambda value: 2 * value, 1, -1, "f"),
        Value("abs", lambda m: abs, 1, -1, "f"),
        Value("a method", lambda m: [0].index, -1, -1),
        Value("an entity", lambda m: m.load_entity("callable=twice"), 1, -1, "f"),
        Value("a made callable", lambda m: metaffi.make_metaffi_callable(typed), 1, -1, "f"),
        Value("a class", lambda m: int, -1, -1),
    ]


def of_ctypes() -> list[Value]:
    return [
        Value("ctypes.c_int(5)", lambda m: ctypes.c_int(5), 1, 4, "i"),
        Value("ctypes.c_double(2.5)", lambda m: ctypes.c_double(2.5), 1, 8, "d"),
        Value("ctypes.c_longdouble(2.5)", lambda m: ctypes.c_longdouble(2.5), 1, 10),
        Value("ctypes.c_char_p(b'text')", lambda m: ctypes.c_char_p(b"text"), 1, 5, "s"),
        Value("ctypes.c_void_p(5)", lambda m: ctypes.c_void_p(5)),
        Value("(ctypes.c_int * 2)(1, 2)", lambda m: (ctypes.c_int * 2)(1, 2), 2, 8),
        Value("(ctypes.c_char_p * 2)(…)", lambda m: (ctypes.c_char_p * 2)(b"one", b"two"), 2, -1),
        Value("a ctypes.Structure", lambda m: Point(1, 2.5), 1, 16),
        Value("ctypes.pointer(c_int(5))", lambda m: ctypes.pointer(ctypes.c_int(5)), 1, 4),
        Value("ctypes.pointer(…) of a structure", lambda m: ctypes.pointer(Point(1, 2.5)), 1, 16),
        Value("a ctypes function", lambda m: FUNCTION, 1, -1, "f"),
        Value("ctypes.byref(c_int(5))", lambda m: ctypes.byref(ctypes.c_int(5)), 1, 4),
    ]


def of_numpy() -> list[Value]:
    try:
        import numpy as np
    except ImportError:
        return []

    def read_only(value: Any) -> Any:
        value.flags.writeable = False
        return value

    def five(name: str) -> Callable[[metaffi.MetaFFIModule], object]:
        return lambda m: getattr(np, name)(5)

    def two(name: str) -> Callable[[metaffi.MetaFFIModule], object]:
        return lambda m: np.array([1, 2], name)

    integers = [f"{sign}int{bits}" for bits in (8, 16, 32, 64) for sign in ("", "u")]
    numbers = [*integers, "float16", "float32", "float64"]
    sizes = {name: np.dtype(name).itemsize for name in numbers}
    unaligned = np.zeros(17, "u1")[1:].view("f8")
    records = [("x", "i4"), ("y", "f8")]
    scalars = {"float16": "d", "float32": "d", "float64": "d", "uint64": "L"}
    return [
        *(
            Value(f"numpy.{name}(5)", five(name), variadic=scalars.get(name, "l"))
            for name in numbers
        ),
        Value("numpy.bool(True)", lambda m: np.bool_(True), variadic="i"),
        Value("numpy.complex128(1+2j)", lambda m: np.complex128(1 + 2j)),
        Value("numpy.longdouble(2.5)", lambda m: np.longdouble(2.5)),
        Value("numpy.clongdouble(1+2j)", lambda m: np.clongdouble(1 + 2j)),
        Value("numpy.complex64(1+2j)", lambda m: np.complex64(1 + 2j)),
        Value("numpy.str_('A')", lambda m: np.str_("A"), 2, 2, "s"),
        Value("numpy.datetime64('2026-01-01')", lambda m: np.datetime64("2026-01-01")),
        Value("numpy.timedelta64(5, 's')", lambda m: np.timedelta64(5, "s")),
        *(
            Value(f"numpy.array([1, 2], '{name}')", two(name), 2, 2 * size)
            for name, size in sizes.items()
        ),
        Value("numpy.array([True, False])", lambda m: np.array([True, False]), 2, 2),
        Value("numpy.array([1, 2], '>f8')", lambda m: np.array([1, 2], ">f8"), 2, 16),
        Value("numpy.array([1, 2], 'longdouble')", lambda m: np.array([1, 2], "longdouble"), 2, 10),
        Value("numpy.array([1+2j], 'complex64')", lambda m: np.array([1 + 2j], "c8"), 1, 8),
        Value("numpy.array([1+2j], 'complex128')", lambda m: np.array([1 + 2j], "c16"), 1, 16),
        Value("numpy.array(5, 'int32')", lambda m: np.array(5, "i4"), 1, 4),
        Value("numpy.array(5.0)", lambda m: np.array(5.0), 1, 8),
        Value("numpy.zeros(0)", lambda m: np.zeros(0), -1, -1),
        Value("numpy.ones((1, 4))", lambda m: np.ones((1, 4)), 1, 32),
        Value("numpy.ones((2, 3))", lambda m: np.ones((2, 3)), 1, 16),
        Value("numpy.ones((2, 4), order='F')", lambda m: np.ones((2, 4), order="F"), 1, 16),
        Value("numpy.ones((2, 2), 'int32')", lambda m: np.ones((2, 2), "i4"), 2, 16),
        Value("numpy.ones(4)[::2]", lambda m: np.ones(4)[::2], 2, 16),
        Value("numpy.ones(2), read-only", lambda m: read_only(np.ones(2)), 2, 16),
        Value("numpy.ones(2), unaligned", lambda m: unaligned, 2, 16),
        Value(
            "numpy.ma.masked_array([1.0], [1])", lambda m: np.ma.masked_array([1.0], [True]), 1, 8
        ),
        Value(
            "numpy.array(['2026-01-01'], 'M8[D]')",
            lambda m: np.array(["2026-01-01"], "M8[D]"),
            1,
            8,
        ),
        Value("numpy.array(['a'])", lambda m: np.array(["a"]), 1, 4),
        Value("numpy.array([None])", lambda m: np.array([None]), 1, 8),
        Value(
            "numpy.zeros(1, …) of records",
            lambda m: np.zeros(1, np.dtype(records, align=True)),
            1,
            16,
        ),
    ]


def of_arrow() -> list[Value]:
    try:
        pa = importlib.import_module("pyarrow")
    except ImportError:
        return []
    return [
        Value("pyarrow.array([1, 2], 'int32')", lambda m: pa.array([1, 2], pa.int32()), 2, 8),
        Value("pyarrow.array([1.0, 2.0])", lambda m: pa.array([1.0, 2.0]), 2, 16),
        Value("pyarrow.array([1.0, None])", lambda m: pa.array([1.0, None]), 2, 16),
        Value(
            "pyarrow.chunked_array([[1.0, 2.0]])", lambda m: pa.chunked_array([[1.0, 2.0]]), 2, 16
        ),
        Value(
            "pyarrow.chunked_array([[1.0], [2.0]])",
            lambda m: pa.chunked_array([[1.0], [2.0]]),
            2,
            16,
        ),
        Value("pyarrow.table({'x': [1.0]})", lambda m: pa.table({"x": [1.0]}), 1, 8),
        Value("pyarrow.array(['a'])", lambda m: pa.array(["a"]), 1, 1),
        Value("pyarrow.py_buffer(b'bytes')", lambda m: pa.py_buffer(b"bytes"), 5, 5),
    ]


def of_cffi() -> list[Value]:
    try:
        ffi = importlib.import_module("cffi").FFI()
    except ImportError:
        return []
    return [
        Value("ffi.new('int[2]', [1, 2])", lambda m: ffi.new("int[2]", [1, 2]), 2, 8),
        Value(
            "ffi.buffer(ffi.new('int[2]', [1, 2]))",
            lambda m: ffi.buffer(ffi.new("int[2]", [1, 2])),
            8,
            8,
        ),
        Value("ffi.cast('int', 5)", lambda m: ffi.cast("int", 5), variadic="l"),
        Value("ffi.cast('double', 2.5)", lambda m: ffi.cast("double", 2.5), variadic="d"),
    ]


def values() -> list[Value]:
    """Every value that can be made here."""
    exporter = [Value("an object with __buffer__", lambda m: Buffer(), 13, 13)]
    has_buffer = sys.version_info >= (3, 12)
    return [
        *plain(),
        *(exporter if has_buffer else []),
        *of_metaffi(),
        *of_ctypes(),
        *of_numpy(),
        *of_arrow(),
        *of_cffi(),
    ]
