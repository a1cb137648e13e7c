"""Memory of Python's objects that C sees where it is."""

from __future__ import annotations

import array
from typing import Any

import pytest
from support import info, infos

import metaffi


def total_of(guest: metaffi.MetaFFIModule, name: str, rank: int = 1) -> metaffi.MetaFFIEntity:
    result = "float64" if name == "doubles" else "int64"
    element = {"doubles": "float64", "bytes": "uint8", "int32": "int32"}[name]
    return guest.load_entity(
        f"callable=sum_{name}",
        [info(f"{element}_array", dims=rank), *infos("size")],
        infos(result),
    )


def test_memory_is_given_back_after_a_call(guest: metaffi.MetaFFIModule) -> None:
    data = bytearray(b"\1\2\3")
    total = total_of(guest, "bytes")
    assert total(data, 3) == 6
    data.append(4)
    assert total(data, 4) == 10
    with pytest.raises(metaffi.MetaFFIError, match="argument 1"):
        total(data, "four")
    data.append(5)


def test_memory_of_another_kind_is_converted(guest: metaffi.MetaFFIModule) -> None:
    assert total_of(guest, "doubles")(array.array("i", [1, 2, 3]), 3) == 6.0
    assert total_of(guest, "int32")(array.array("i", [1, 2, 3]), 3) == 6
    with pytest.raises(metaffi.MetaFFIError, match="argument 0"):
        total_of(guest, "int32")(array.array("d", [1.5]), 1)


def test_the_dimensions_are_those_declared(guest: metaffi.MetaFFIModule) -> None:
    square = memoryview(array.array("d", [1, 2, 3, 4])).cast("B").cast("d", (2, 2))
    assert total_of(guest, "doubles", rank=2)(square, 4) == 10.0
    assert total_of(guest, "doubles", rank=0)(square, 4) == 10.0
    with pytest.raises(metaffi.MetaFFIError, match="dimensions"):
        total_of(guest, "doubles")(square, 4)


def test_what_cannot_be_changed_is_read(guest: metaffi.MetaFFIModule) -> None:
    data = bytes(array.array("d", [1, 2, 3]))
    assert total_of(guest, "doubles")(memoryview(data).cast("d"), 3) == 6.0
    assert total_of(guest, "bytes")(b"\1\2\3", 3) == 6


def test_what_cannot_be_changed_is_not_written(guest: metaffi.MetaFFIModule) -> None:
    types = infos("float64_array", "size", "float64")
    scale = guest.load_entity("callable=scale_doubles", types, [])
    data = bytes(array.array("d", [1, 2, 3]))
    copy = bytearray(data)
    scale(memoryview(data).cast("d"), 3, 2.0)
    assert data == copy
    scale(memoryview(copy).cast("d"), 3, 2.0)
    assert array.array("d", bytes(copy)).tolist() == [2.0, 4.0, 6.0]


def test_elements_that_are_not_aligned_are_not_lent(guest: metaffi.MetaFFIModule) -> None:
    memory = bytearray(8 * 4 + 1)
    numbers = memoryview(memory)[1:].cast("d")
    numbers[:] = memoryview(array.array("d", [1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(metaffi.MetaFFIError, match=r"argument 0.*aligned"):
        total_of(guest, "doubles")(numbers, 4)
    types = [info("float64_array", dims=1), *infos("size", "float64")]
    scale = guest.load_entity("callable=scale_doubles", types, [])
    with pytest.raises(metaffi.MetaFFIError, match=r"argument 0 \(values\).*aligned"):
        scale(numbers, 4, 2.0)
    assert numbers.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_memory_that_c_has_is_not_resized_meanwhile(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdlib.h")
    given, failures = bytearray(b"cab"), []

    def compare(one: Any, other: Any) -> int:
        try:
            given.append(0)
        except BufferError as failure:
            failures.append(failure)
        return 0

    libc.qsort(given, len(given), 1, compare)
    assert failures and len(given) == 3
    given.append(0)
    assert len(given) == 4
