"""Arrays: nested lists and bytes out; lists, tuples and buffers in."""

from __future__ import annotations

import array
import ctypes

import pytest
from support import echo, info, infos

import metaffi
from metaffi import MetaFFIError

INTEGERS = ["int16", "int32", "int64", "uint16", "uint32", "uint64", "size"]
FLAT = {
    **{name: [1, 2, 3] for name in INTEGERS},
    "float64": [1.5, -2.0, 1e300],
    "float32": [1.5, -2.0, 0.25],
    "bool": [True, False, True],
    "string8": ["a", "", "zwölf"],
    "string16": ["a", "", "🦀"],
    "string32": ["a", "", "🦀"],
    "char8": ["a", "z"],
    "char16": ["a", "é"],
    "char32": ["a", "🦀"],
    "any": [1, "two", 3.0, None, [4, [5]], True],
}


@pytest.mark.parametrize(("name", "items"), FLAT.items())
def test_a_list_comes_back_as_a_list(
    python_guest: metaffi.MetaFFIModule, name: str, items: list[object]
) -> None:
    result = echo(python_guest, f"{name}_array", dims=1)(items)
    assert (type(result), result) == (list, items)
    assert [type(one) for one in result] == [type(one) for one in items]


@pytest.mark.parametrize(("name", "items"), FLAT.items())
def test_a_tuple_goes_in_too(
    python_guest: metaffi.MetaFFIModule, name: str, items: list[object]
) -> None:
    assert echo(python_guest, f"{name}_array", dims=1)(tuple(items)) == items


@pytest.mark.parametrize("name", ["int64", "float64", "uint8", "string8", "any"])
def test_packed_arrays(python_guest: metaffi.MetaFFIModule, name: str) -> None:
    items = FLAT.get(name, [1, 2, 255])
    result = echo(python_guest, f"{name}_packed_array", dims=1)(items)
    assert list(result) == items
    assert isinstance(result, bytes if name == "uint8" else list)


@pytest.mark.parametrize("name", ["int64", "float64", "string8", "uint8", "int8", "bool", "any"])
def test_empty_arrays(python_guest: metaffi.MetaFFIModule, name: str) -> None:
    result = echo(python_guest, f"{name}_array", dims=1)([])
    assert len(result) == 0
    assert isinstance(result, bytes if name in ("int8", "uint8") else list)


@pytest.mark.parametrize("name", ["int8", "uint8", "int64", "float32"])
def test_two_and_three_dimensions(python_guest: metaffi.MetaFFIModule, name: str) -> None:
    square = [[1, 2, 3], [4, 5, 6]]
    cube = [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]
    assert echo(python_guest, f"{name}_array", dims=2)(square) == square
    assert echo(python_guest, f"{name}_array", dims=3)(cube) == cube
    assert echo(python_guest, f"{name}_array", dims=2)(((1, 2), (3, 4))) == [[1, 2], [3, 4]]


def test_dimensions_that_are_not_declared_are_found(python_guest: metaffi.MetaFFIModule) -> None:
    entity = echo(python_guest, "int64_array")
    for value in ([1, 2], [[1, 2], [3, 4]], [[[1], [2]], [[3], [4]]]):
        assert entity(value) == value


@pytest.mark.parametrize(
    "value",
    [
        [[1], [2, 3], [], [4, 5, 6]],
        [[], [], []],
        [[[1], [2, 3]], [], [[4, 5, 6], [], [7]]],
    ],
)
def test_ragged_arrays(python_guest: metaffi.MetaFFIModule, value: list[object]) -> None:
    dims = 3 if any(isinstance(inner, list) for row in value for inner in row) else 2  # type: ignore[attr-defined]
    assert echo(python_guest, "int64_array", dims=dims)(value) == value


def test_a_ragged_result_of_the_guest(python_guest: metaffi.MetaFFIModule) -> None:
    entity = python_guest.load_entity("callable=ragged", [], [info("int64_array", dims=2)])
    assert entity() == [[1], [2, 3], [], [4, 5, 6]]


def test_packed_arrays_refuse_rows_of_different_lengths(
    python_guest: metaffi.MetaFFIModule,
) -> None:
    with pytest.raises(MetaFFIError, match="argument 0"):
        echo(python_guest, "int64_packed_array", dims=2)([[1], [2, 3]])


@pytest.mark.parametrize("name", ["uint8_array", "uint8_packed_array", "int8_array"])
def test_bytes(python_guest: metaffi.MetaFFIModule, name: str) -> None:
    entity = echo(python_guest, name, dims=1)
    for value in (b"", b"abc", bytes(range(128)), b"\0\0"):
        result = entity(value)
        assert (type(result), result) == (bytes, value)
        assert entity(list(value)) == value
        assert entity(bytearray(value)) == value
        assert entity(memoryview(value)) == value


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("int16", "h"),
        ("int32", "i"),
        ("int64", "q"),
        ("uint32", "I"),
        ("float32", "f"),
        ("float64", "d"),
    ],
)
def test_buffers_go_in(python_guest: metaffi.MetaFFIModule, name: str, code: str) -> None:
    entity = echo(python_guest, f"{name}_array", dims=1)
    numbers = array.array(code, [1, 2, 3])
    assert entity(numbers) == [1, 2, 3]
    assert entity(memoryview(numbers)) == [1, 2, 3]
    assert entity(memoryview(numbers)[::-1]) == [3, 2, 1]
    assert entity((ctypes.c_int64 * 2)(4, 5)) == [4, 5]


def test_a_buffer_of_two_dimensions(python_guest: metaffi.MetaFFIModule) -> None:
    flat = memoryview(array.array("q", range(6))).cast("B")
    assert echo(python_guest, "int64_array", dims=2)(flat.cast("q", (2, 3))) == [
        [0, 1, 2],
        [3, 4, 5],
    ]


def test_the_guest_sees_the_memory_of_a_buffer(guest: metaffi.MetaFFIModule) -> None:
    scale = guest.load_entity(
        "callable=scale_doubles", infos("float64_array", "size", "float64"), []
    )
    numbers = array.array("d", [1.0, 2.0, 3.0])
    scale(numbers, 3, 2.0)
    assert numbers.tolist() == [2.0, 4.0, 6.0]


def test_the_guest_sees_the_memory_without_declared_types(guest: metaffi.MetaFFIModule) -> None:
    numbers = array.array("d", [1.0, 2.0, 3.0])
    guest.load_entity("callable=scale_doubles")(numbers, 3, 2.0)
    assert numbers.tolist() == [2.0, 4.0, 6.0]
    assert guest.load_entity("callable=sum_doubles")(numbers, 3) == 12.0
    text = bytearray(8)
    assert guest.load_entity("callable=join_numbers")(text, 8, "%d", 42) == 2
    assert text == b"42" + bytes(6)


def test_a_list_goes_to_c(guest: metaffi.MetaFFIModule) -> None:
    sum_doubles = guest.load_entity(
        "callable=sum_doubles", infos("float64_array", "size"), infos("float64")
    )
    assert sum_doubles([1, 2.5, 3], 3) == 6.5
    assert sum_doubles((1.0,), 1) == 1.0
    assert sum_doubles([], 0) == 0.0
    assert guest.load_entity("callable=sum_bytes")(b"\1\2\377", 3) == 258


def test_a_buffer_is_let_go_after_the_call(guest: metaffi.MetaFFIModule) -> None:
    numbers = bytearray(b"\1\2\3")
    assert guest.load_entity("callable=sum_bytes")(numbers, 3) == 6
    numbers.append(4)
    with pytest.raises(MetaFFIError):
        guest.load_entity("callable=sum_bytes")(numbers, "three")
    numbers.append(5)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([1, "x"], r"\[1\]"),
        ([1, 2, None], r"\[2\]"),
        ([2**70], r"\[0\]"),
        ([True], r"\[0\]"),
        (3, ""),
        ("text", ""),
        ({1: 2}, ""),
    ],
)
def test_a_wrong_element_is_an_error_that_names_it(
    python_guest: metaffi.MetaFFIModule, value: object, place: str
) -> None:
    with pytest.raises(MetaFFIError, match=rf"argument 0.*{place}"):
        echo(python_guest, "int64_array", dims=1)(value)


def test_a_wrong_element_deep_inside_is_named(python_guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"\[1\]\[2\]"):
        echo(python_guest, "int64_array", dims=2)([[1, 2], [3, 4, "five"]])


def test_handles_in_arrays_stay_themselves(python_guest: metaffi.MetaFFIModule) -> None:
    items = [object(), {"a": 1}, object()]
    result = echo(python_guest, "handle_array", dims=1)(items)
    assert len(result) == 3
    assert all(left is right for left, right in zip(result, items))


def test_functions_in_arrays_stay_themselves(python_guest: metaffi.MetaFFIModule) -> None:
    items = [len, lambda: 1]
    result = echo(python_guest, "callable_array", dims=1)(items)
    assert [left is right for left, right in zip(result, items)] == [True, True]


def test_other_numbers_are_converted_where_c_only_reads(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("string.h")
    libc.declare("""
        void copy_const(void *to, const int *from, size_t size) __asm__("memcpy");
        void copy(void *to, int *from, size_t size) __asm__("memcpy");
    """)
    copied, longs = array.array("i", [0, 0]), infos("int64_array")[0]
    copy = libc.load_entity("callable=copy_const", [None, longs, None])
    copy(copied, [1, -2], 8)
    assert copied.tolist() == [1, -2]
    copy(copied, array.array("q", [3, 4]), 8)
    assert copied.tolist() == [3, 4]
    with pytest.raises(metaffi.MetaFFIError, match=r"\[1\].*4294967296"):
        copy(copied, [5, 1 << 32], 8)
    with pytest.raises(metaffi.MetaFFIError, match="int64_array cannot be given for C's int"):
        libc.load_entity("callable=copy", [None, longs, None])
