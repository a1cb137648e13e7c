"""What Java is given by name: values for its own classes of them, and items as its containers say."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import re
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
        ("object", decimal.Decimal("1.5"), "BigDecimal 1.5"),
        ("object", decimal.Decimal("NaN"), "object"),
        ("object", datetime.date(2020, 1, 2), "LocalDate 2020-01-02"),
        ("object", MOMENT.replace(tzinfo=UTC), "OffsetDateTime 2020-01-02T03:04:05.000006Z"),
        ("object", datetime.time(1, 2, 3), "LocalTime 01:02:03"),
        ("object", datetime.timedelta(seconds=5), "Duration PT5S"),
        ("object", uuid.UUID(int=5), "UUID 00000000-0000-0000-0000-000000000005"),
        ("object", 10**20, f"BigInteger {10**20}"),
        ("object", fractions.Fraction(1, 3), "object"),
        ("object", 1j, "object"),
        ("object", object(), "object"),
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


def test_values_are_those_of_java_wherever_an_object_is_taken(module: Any) -> None:
    local = module.java.time.LocalDate.of(2020, 1, 2)
    entries = module.java.util.HashMap()
    entries.put(datetime.date(2020, 1, 2), decimal.Decimal("1.5"))
    assert entries.get(local) == decimal.Decimal("1.5")
    assert datetime.date(2020, 1, 2) in entries
    assert str(entries[datetime.date(2020, 1, 2)].getClass()) == "class java.math.BigDecimal"
    assert (
        str(module.java.util.ArrayList([MOMENT])[0].getClass()) == "class java.time.LocalDateTime"
    )
    assert module.java.util.Optional.of(uuid.UUID(int=5)).get().version() == 0
    assert local.isBefore(datetime.date(2020, 1, 3))
    assert local == datetime.date(2020, 1, 2) and local < datetime.date(2020, 1, 3)
    assert module.java.math.BigDecimal("1.10").compareTo(decimal.Decimal("1.1")) == 0
    text = module.String.format("%tY %.1f", datetime.date(2020, 1, 2), decimal.Decimal("2.25"))
    assert text == "2020 2.3"


def test_dates_of_older_classes_are_given_as_dates(module: Any) -> None:
    run = module.run
    sql = {
        "java.sql.Date": (datetime.date(2020, 1, 2), "2020-01-02"),
        "java.sql.Time": (datetime.time(1, 2, 3), "01:02:03"),
        "java.sql.Timestamp": (MOMENT, "2020-01-02 03:04:05.000006"),
    }
    run(
        "public class Dated {"
        + "".join(
            f" public static String of{i}({name} date) {{ return date.toString(); }}"
            for i, name in enumerate(sql)
        )
        + " public static long at(java.util.Date date) { return date.getTime(); } }"
    )
    for i, (given, told) in enumerate(sql.values()):
        assert getattr(module.Dated, f"of{i}")(given) == told
    moment = datetime.datetime(2020, 1, 2, tzinfo=UTC)
    assert module.Dated.at(moment) == moment.timestamp() * 1000
    # A date of that class has milliseconds.
    for refused in (MOMENT, datetime.date(2020, 1, 2)):
        with pytest.raises(
            metaffi.MetaFFIError, match=r"argument 1: .* does not become java.util.Date"
        ):
            module.Dated.at(refused)


def test_a_constant_is_given_by_its_name_and_a_file_by_its_path(
    module: Any, tmp_path: pathlib.Path
) -> None:
    unit = module.java.util.concurrent.TimeUnit
    assert unit.SECONDS.convert(2, "MINUTES") == 120
    with pytest.raises(
        metaffi.MetaFFIError,
        match=r'argument 2: the text "HOUR" does not become java.util.concurrent.TimeUnit, '
        r"whose constants are NANOSECONDS, .*, DAYS$",
    ):
        getattr(unit.SECONDS, "convert(long,TimeUnit)")(2, "HOUR")
    (tmp_path / "file").write_text("text")
    assert module.java.nio.file.Files.readString(tmp_path / "file") == "text"
    assert module.java.io.FileReader(tmp_path / "file").read() == ord("t")


def test_a_function_is_no_map_and_a_class_is_none(module: Any) -> None:
    sorted_map = module.java.util.TreeMap(lambda one, other: (one < other) - (one > other))
    sorted_map.putAll({"a": 1, "b": 2})
    assert list(sorted_map) == ["b", "a"]
    with pytest.raises(metaffi.MetaFFIError, match=r"<init>\(python3 type\) is none of"):
        module.java.util.HashMap(dict)


def test_a_list_is_an_array_of_what_its_items_are(module: Any) -> None:
    arrays = module.java.util.Arrays
    assert arrays.stream([1.0, 2.0]).sum() == 3.0
    assert arrays.stream([1, 2.5]).sum() == 3.5
    assert arrays.stream([1, 2]).sum() == 3
    assert arrays.stream([1, 2**40]).sum() == 2**40 + 1
    assert arrays.stream(["a", "b"]).count() == 2
    assert arrays.toString([True]) == "[true]"


def test_what_is_not_clear_is_said_by_the_name(module: Any) -> None:
    text = module.StringBuilder("a")
    with pytest.raises(metaffi.MetaFFIError, match=r"may be more than one of .*getattr") as raised:
        text.append(None)
    found = re.search(r'getattr\(of, (".*?")\)', str(raised.value))
    assert found and "append(java.lang.String)" in str(raised.value)
    assert getattr(text, found[1].strip('"'))(None).length() == 5
    assert str(getattr(module.StringBuilder("a"), "append(String)")(None)) == "anull"


def test_what_a_function_gives_is_of_the_class_that_its_type_says(module: Any) -> None:
    module.run(
        "public class Supplied {"
        " private static String told(Object given) { return given.getClass().getSimpleName(); }"
        " public static String longs(java.util.function.Supplier<Long> given)"
        " { return told(given.get()); }"
        " public static String doubles(java.util.function.UnaryOperator<Double> given)"
        " { return told(given.apply(1.0)); }"
        " public static String any(java.util.function.Supplier<?> given)"
        " { return told(given.get()); }"
        "}"
    )
    assert module.Supplied.longs(lambda: 5) == "Long"
    assert module.Supplied.doubles(lambda _: 5) == "Double"
    assert module.Supplied.any(lambda: 5) == "Integer"
    assert module.Supplied.any(lambda: datetime.date(2020, 1, 2)) == "LocalDate"
    with pytest.raises(metaffi.MetaFFIError, match=r"gives x \(java.lang.String\), but .*Long"):
        module.Supplied.longs(lambda: "x")


def test_what_is_given_often_is_what_it_was_at_first(module: Any, given: Any) -> None:
    one = object()
    values = [
        (decimal.Decimal("1.5"), "BigDecimal 1.5"),
        (datetime.date(2020, 1, 2), "LocalDate 2020-01-02"),
        (one, "object"),
        (decimal.Decimal("NaN"), "object"),
        (b"a", "byte[] "),
        ([1], "object"),
        (print, "object"),
        (5, "Integer 5"),
        (None, "null"),
    ]
    for _ in range(20):
        for value, told in values:
            assert given.object(value).startswith(told)
        assert given.decimal(decimal.Decimal("1.50")) == "BigDecimal 1.50"
        assert given.primitive(decimal.Decimal("1.5")) == "Double 1.5"
        with pytest.raises(metaffi.MetaFFIError, match=r"argument 1: NaN has no exact form"):
            given.decimal(decimal.Decimal("NaN"))
        with pytest.raises(metaffi.MetaFFIError, match=r"argument 1: 0\.1 has no exact form"):
            given.primitive(decimal.Decimal("0.1"))
        assert given.longs([1, 2]) == "Long 1|Long 1;Long 2;"
        assert module.java.util.Objects.requireNonNull(one) is one
        assert module.java.util.Optional.of(one).map(lambda got: got is one).get() is True


def test_a_function_that_is_given_again_is_the_same_instance(module: Any) -> None:
    module.run(
        "public class Listeners {"
        " public static java.util.List<Object> all = new java.util.ArrayList<>();"
        " public static boolean add(Runnable one) { return all.add(one); }"
        " public static boolean remove(Runnable one) { return all.remove(one); }"
        "}"
    )
    work = [].clear
    for _ in range(10):
        module.Listeners.add(work)
    for _ in range(10):
        assert module.Listeners.remove(work)


def test_a_local_time_that_never_was_is_refused(module: Any) -> None:
    module.run(
        "public class Dates {"
        " public static String date(java.util.Date of) { return of.toInstant().toString(); }"
        " public static String stamp(java.sql.Timestamp of) { return of.toInstant().toString(); }"
        "}"
    )
    zones = module.java.util.TimeZone
    before = zones.getDefault()
    zones.setDefault(zones.getTimeZone("Europe/Berlin"))
    try:
        for of in (module.Dates.date, module.Dates.stamp):
            assert of(datetime.datetime(2021, 3, 28, 3, 30)) == "2021-03-28T01:30:00Z"
            skipped = datetime.datetime(2021, 3, 28, 2, 30)
            with pytest.raises(metaffi.MetaFFIError, match=r"as clocks in Europe/Berlin were put"):
                of(skipped)
            assert of(skipped.replace(tzinfo=UTC)) == "2021-03-28T02:30:00Z"
    finally:
        zones.setDefault(before)


def test_what_is_no_error_is_not_asked_what_java_has_thrown(module: Any) -> None:
    asked = []

    class Painting:
        @property
        def original(self) -> None:
            asked.append(self)

    for _ in range(10):
        with pytest.raises(metaffi.MetaFFIError):
            module.java.lang.RuntimeException().addSuppressed(Painting())
    assert not asked


def test_what_gives_nothing_may_be_a_function_that_gives_something(module: Any) -> None:
    module.run(
        "public class Nothing {"
        " public static Object of(java.util.concurrent.Callable<Void> of) throws Exception {"
        "  return of.call(); }"
        " public static Object by(java.util.function.Function<String, Void> of) {"
        "  return of.apply(null); }"
        "}"
    )
    for _ in range(10):
        assert module.Nothing.of(lambda: 5) is None
        assert module.Nothing.by(lambda got: "something") is None
