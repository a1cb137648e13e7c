"""What Java is given by name: values for its own classes of them, and items as its containers say."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

import pytest
from java import compiled, jvm
from support import infos

import metaffi

UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5, 6)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> metaffi.MetaFFIModule:
    to = tmp_path_factory.mktemp("given")
    return jvm().load_module(str(compiled("Given.java", to)))


@pytest.fixture(scope="module")
def given(module: Any) -> Any:
    return module.Given


@pytest.mark.parametrize(
    "name, value, told",
    [
        ("decimal", decimal.Decimal("1.50"), "BigDecimal 1.50"),
        ("bigint", decimal.Decimal(5), "BigInteger 5"),
        ("bigint", 10**20, f"BigInteger {10**20}"),
        ("duration", datetime.timedelta(days=1, microseconds=5), "Duration PT24H0.000005S"),
        ("date", datetime.date(2020, 1, 2), "LocalDate 2020-01-02"),
        ("local", MOMENT, "LocalDateTime 2020-01-02T03:04:05.000006"),
        ("offset", MOMENT.replace(tzinfo=UTC), "OffsetDateTime 2020-01-02T03:04:05.000006Z"),
        ("instant", MOMENT.replace(tzinfo=UTC), "Instant 2020-01-02T03:04:05.000006Z"),
        ("time", datetime.time(1, 2, 3), "LocalTime 01:02:03"),
        ("uuid", uuid.UUID(int=5), "UUID 00000000-0000-0000-0000-000000000005"),
        ("number", decimal.Decimal("1.5"), "BigDecimal 1.5"),
        ("primitive", decimal.Decimal("1.5"), "Double 1.5"),
        ("object", decimal.Decimal("1.5"), "object"),
        ("chosen", decimal.Decimal("1.5"), "decimal"),
        ("chosen", datetime.date(2020, 1, 2), "date"),
        ("chosen", uuid.UUID(int=5), "uuid"),
    ],
)
def test_values_become_what_java_has_for_them(given: Any, name: str, value: Any, told: str) -> None:
    assert getattr(given, name)(value) == told


def test_values_that_do_not_fit_are_refused(given: Any) -> None:
    for name, value in (
        ("primitive", decimal.Decimal("0.1")),
        ("date", MOMENT),
        ("instant", MOMENT),
        ("decimal", decimal.Decimal("Infinity")),
        ("uuid", object()),
    ):
        with pytest.raises(metaffi.MetaFFIError):
            getattr(given, name)(value)


ITEMS = [
    ("longs", [1, 2**40], f"Long 1|Long 1;Long {2**40};"),
    ("longs", (1, 2), "Long 1|Long 1;Long 2;"),
    ("longs", range(1, 3), "Long 1|Long 1;Long 2;"),
    ("integers", [1, 2], "Integer 1;Integer 2;"),
    ("bytes", {1}, "Byte 1;"),
    ("floats", [1.5, 2], "Float 1.5;Float 2.0;"),
    ("shorts", {"a": 1}, "Short 1;Short 1[a]"),
    ("nested", {1: [datetime.date(2020, 1, 2)]}, "Long 1=LocalDate 2020-01-02;"),
]


@pytest.mark.parametrize("name, value, told", ITEMS)
@pytest.mark.parametrize("way", ["by name", "by entity", "as an object"])
def test_items_are_of_the_class_that_the_parameter_says(
    module: Any, given: Any, name: str, value: Any, told: str, way: str
) -> None:
    path = f"class=Given,callable={name}"
    calls = {
        "by name": lambda: getattr(given, name),
        "by entity": lambda: module.load_entity(path),
        "as an object": lambda: module.load_entity(path, infos("handle"), infos("string8")),
    }
    assert calls[way]()(value) == told


def test_items_that_do_not_fit_are_refused_where_they_are_read(given: Any) -> None:
    for name, value, message in (
        ("integers", [1, 2**40], f"{2**40} does not fit int"),
        ("longs", [1, "two"], 'the text "two" does not become long'),
        ("shorts", {"a": 70000}, "70000 does not fit short"),
        ("bytes", {300}, "300 does not fit byte"),
    ):
        with pytest.raises(metaffi.MetaFFIError, match=message):
            getattr(given, name)(value)


def test_what_has_items_of_a_class_is_still_the_same_object(given: Any) -> None:
    numbers = [1, 2]
    given.change(numbers)
    assert numbers == [7, 2, 8]
    assert given.back(numbers) is numbers
    assert given.same(numbers, numbers)
    assert given.next(iter([5])) == "Long 5"
