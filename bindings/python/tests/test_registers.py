"""Python functions of numbers, as C calls them: with their arguments in registers."""

from __future__ import annotations

import ctypes
import gc
import threading
import weakref
from typing import Any, Callable

import pytest

from metaffi import libmetaffi, make_metaffi_callable
from metaffi.metaffi_types import MetaFFITypes

KINDS: dict[str, tuple[Any, float]] = {
    "int8": (ctypes.c_int8, -(2**7)),
    "int16": (ctypes.c_int16, -(2**15)),
    "int32": (ctypes.c_int32, -(2**31)),
    "int64": (ctypes.c_int64, -(2**63)),
    "uint8": (ctypes.c_uint8, 2**8 - 1),
    "uint16": (ctypes.c_uint16, 2**16 - 1),
    "uint32": (ctypes.c_uint32, 2**32 - 1),
    "uint64": (ctypes.c_uint64, 2**64 - 1),
    "float32": (ctypes.c_float, -0.5),
    "float64": (ctypes.c_double, 0.1),
    "bool": (ctypes.c_bool, True),
}


def number(kind: str) -> tuple[int, None, int]:
    return (int(getattr(MetaFFITypes, f"metaffi_{kind}_type")), None, 0)


def native_pointer(wrapped: Any) -> int:
    pointer: int = wrapped.native_pointer
    return pointer


def prototypes() -> pytest.MarkDecorator:
    """C functions that give up the GIL around the call, and those that do not."""
    return pytest.mark.parametrize("prototype", [ctypes.CFUNCTYPE, ctypes.PYFUNCTYPE])


@prototypes()
@pytest.mark.parametrize("kind", KINDS)
def test_a_number_of_each_kind_passes(prototype: Any, kind: str) -> None:
    ctype, value = KINDS[kind]
    seen: list[tuple[int, float, float]] = []

    def function(before: int, it: float, after: float) -> float:
        seen.append((before, it, after))
        return it

    params = [number("int64"), number(kind), number("float64")]
    wrapped = libmetaffi.callable(function, params, [number(kind)])
    native = prototype(ctype, ctypes.c_int64, ctype, ctypes.c_double)(native_pointer(wrapped))
    assert native(-1, value, 2.5) == value
    assert seen == [(-1, value, 2.5)]
    assert type(seen[0][1]) is type(value)


@prototypes()
def test_a_function_may_end_itself(prototype: Any) -> None:
    held: list[Callable[..., Any]] = []

    def function(number: int) -> int:
        held.clear()
        gc.collect()
        return number + len(held)

    held.append(make_metaffi_callable(function))
    native = prototype(ctypes.c_int64, ctypes.c_int64)(native_pointer(held[0]))
    gone = weakref.ref(function)
    del function
    assert native(41) == 41
    gc.collect()
    assert gone() is None


@prototypes()
def test_calls_nest(prototype: Any) -> None:
    def function(depth: int) -> int:
        return depth and int(native(depth - 1)) + 1

    wrapped = make_metaffi_callable(function)
    native = prototype(ctypes.c_int64, ctypes.c_int64)(native_pointer(wrapped))
    assert native(20) == 20


@prototypes()
def test_threads_call_at_the_same_time(prototype: Any) -> None:
    wrapped = make_metaffi_callable(add)
    native = prototype(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(native_pointer(wrapped))
    sums: list[int] = []

    def run(first: int) -> None:
        sums.append(sum(native(first, second) for second in range(1000)))

    threads = [threading.Thread(target=run, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sums) == [1000 * first + 499_500 for first in range(4)]


def add(a: int, b: int) -> int:
    return a + b
