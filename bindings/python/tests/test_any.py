"""Values of type any: whatever they are, they arrive as that."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
import zoneinfo
from typing import Any, Callable

import pytest
from support import echo, infos

import metaffi
from metaffi import MetaFFIError


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
        range(3),
        object(),
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


PARIS = zoneinfo.ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    "value",
    [
        2**100,
        -(2**63) - 1,
        1.5 - 2j,
        decimal.Decimal("-1.50"),
        decimal.Decimal("NaN12"),
        datetime.date(2020, 1, 2),
        datetime.time(1, 2, 3, 4),
        datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=PARIS),
        datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone(datetime.timedelta(hours=-3))),
        datetime.timedelta(-1, 5, 7),
        PARIS,
        uuid.UUID(int=1),
    ],
    ids=repr,
)
def test_a_neutral_value_is_the_same_value(
    python_guest: metaffi.MetaFFIModule, value: object
) -> None:
    found = echo(python_guest, "any")(value)
    assert (type(found), repr(found)) == (type(value), repr(value))


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("bigint", 5),
        ("decimal", decimal.Decimal("1E+3")),
        ("complex", 1j),
        ("date", datetime.date(1, 1, 1)),
        ("time", datetime.time(1, tzinfo=datetime.timezone.utc)),
        ("datetime", datetime.datetime.max),
        ("duration", datetime.timedelta.max),
        ("zone", PARIS),
        ("uuid", uuid.UUID(int=2**128 - 1)),
        ("range", range(10, 0, -3)),
        ("map", {"a": [1, {"b": (2, {3})}], (1, 2): {}}),
        ("set", {1, "two", frozenset([3])}),
        ("tuple", (1, (2, [3, ()]), None)),
        ("map_array", [{1: 2}, {}]),
    ],
)
def test_a_declared_neutral_value_is_the_same_value(
    python_guest: metaffi.MetaFFIModule, type_name: str, value: object
) -> None:
    found = echo(python_guest, type_name)(value)
    assert type(found) is type(value)
    assert found == value
    with pytest.raises(metaffi.MetaFFIError, match="argument 0"):
        echo(python_guest, type_name)("no such value")


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


def doubled(inner: Any, times: int) -> Any:
    """A list that holds a list twice, which holds a list twice, …"""
    for _ in range(times):
        inner = [inner, inner]
    return inner


def test_a_list_that_is_there_several_times_is_copied_once(
    python_guest: metaffi.MetaFFIModule,
) -> None:
    given = doubled([1, "two"], 50)
    copied = echo(python_guest, "any")(given)
    for _ in range(50):
        assert copied is not given
        assert copied[0] is copied[1]
        given, copied = given[0], copied[0]
    assert copied == [1, "two"]


def test_an_array_of_a_list_that_is_there_too_often_is_refused(
    python_guest: metaffi.MetaFFIModule,
) -> None:
    # A set is no value of its own, so that the lists become arrays.
    one = {1}
    assert echo(python_guest, "any")(doubled([one], 8)) == doubled([one], 8)
    with pytest.raises(MetaFFIError, match="again and again"):
        echo(python_guest, "any")(doubled([one], 50))


@pytest.mark.parametrize("make", [lambda inner: [inner], lambda inner: (inner,)])
def test_what_is_nested_too_deep_is_refused(
    python_guest: metaffi.MetaFFIModule, make: Callable[[Any], Any]
) -> None:
    given: Any = 1
    for _ in range(100_000):
        given = make(given)
    with pytest.raises(MetaFFIError, match="nested more than"):
        echo(python_guest, "any")(given)
