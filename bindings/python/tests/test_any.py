"""Values of type any: whatever they are, they arrive as that."""

from __future__ import annotations

import datetime
import decimal
import enum

import pytest
from support import echo, infos

import metaffi


class Color(enum.IntEnum):
    RED = 1


VALUES = [
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    1.5,
    "",
    "zwölf 🦀",
    "a\0b",
    True,
    False,
    None,
    [],
    [1, 2, 3],
    [1.5, 2.5],
    ["a", "b"],
    [True, False],
    [[1, 2], [3, 4]],
    [[1], [2, 3], []],
    [[[1], [2]], [[3], [4]]],
    [1, "two", 3.0, None, True],
    [1, [2, ["three", [4.0]]]],
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was(python_guest: metaffi.MetaFFIModule, value: object) -> None:
    result = echo(python_guest, "any")(value)
    assert (type(result), result) == (type(value), value)


def test_bytes_come_back_as_bytes(python_guest: metaffi.MetaFFIModule) -> None:
    for value in (b"", b"abc", bytes(range(256))):
        result = echo(python_guest, "any")(value)
        assert (type(result), result) == (bytes, value)


@pytest.mark.parametrize(
    "value",
    [[b"one"], [b"", 1], [[b"one"], [b"two", None]], [b"one", decimal.Decimal(1)]],
    ids=repr,
)
@pytest.mark.parametrize("name", ["any", "any_array"])
def test_bytes_in_lists_come_back_as_bytes(
    python_guest: metaffi.MetaFFIModule, name: str, value: object
) -> None:
    assert echo(python_guest, name)(value) == value


def test_a_python_function_gets_bytes_as_bytes(python_guest: metaffi.MetaFFIModule) -> None:
    kind = python_guest.load_entity("callable=kind", infos("any"), infos("string8"))
    assert kind(b"abc") == "bytes"


def test_a_tuple_comes_back_as_a_list(python_guest: metaffi.MetaFFIModule) -> None:
    assert echo(python_guest, "any")((1, "two")) == [1, "two"]


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": [2, 3]},
        {1, 2},
        2**100,
        object(),
        decimal.Decimal("1.5"),
        datetime.date(2020, 1, 2),
        1j,
        Color.RED,
        print,
        len,
        Color,
        metaffi,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_counterpart_is_the_very_same_object(
    python_guest: metaffi.MetaFFIModule, value: object
) -> None:
    assert echo(python_guest, "any")(value) is value


def test_objects_inside_lists_stay_themselves(python_guest: metaffi.MetaFFIModule) -> None:
    inner, function = {"a": 1}, lambda: 1
    result = echo(python_guest, "any")([inner, [function, 1], "text"])
    assert result[0] is inner
    assert result[1][0] is function
    assert result[2] == "text"


def test_the_guest_sees_what_the_value_is(python_guest: metaffi.MetaFFIModule) -> None:
    kind = python_guest.load_entity("callable=kind", infos("any"), infos("string8"))
    seen = [kind(value) for value in (1, 1.5, "a", True, None, {"a": 1}, [1, "a"])]
    assert seen == ["int", "float", "str", "bool", "NoneType", "dict", "list"]


def test_a_foreign_object_goes_out_again(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    record = guest.load_entity("callable=new_record")("any", 1)
    again = echo(python_guest, "any")(record)
    assert again == record
    guest.load_entity("callable=free_record")(again)


def test_c_takes_any_for_a_pointer(guest: metaffi.MetaFFIModule) -> None:
    text_length = guest.load_entity("callable=text_length", infos("any"), infos("any"))
    assert text_length("four") == 4
    assert text_length(b"five!\0") == 5
    assert text_length(None) == 0
