"""C's structs, unions and arrays, by declarations."""

from __future__ import annotations

import os
import time

import pytest

import metaffi
from metaffi import MetaFFIError


def test_a_new_struct_is_zeroed_and_has_its_fields(guest: metaffi.MetaFFIModule) -> None:
    point = guest.new("struct point")
    assert (point.x, point.y) == (0.0, 0.0)
    point.x, point.y = 3, 4.0
    assert (point.x, point.y) == (3.0, 4.0)
    assert guest.load_entity("callable=norm")(point) == 5.0
    assert {"x", "y"} <= set(dir(point))


def test_structs_by_value_are_copies(guest: metaffi.MetaFFIModule) -> None:
    point = guest.new("struct point")
    point.x, point.y = 1.0, 2.0
    mirrored = guest.load_entity("callable=mirrored")(point)
    assert (mirrored.x, mirrored.y, point.x) == (-1.0, -2.0, 1.0)


def test_structs_by_pointer_are_changed(guest: metaffi.MetaFFIModule) -> None:
    point = guest.new("struct point")
    guest.load_entity("callable=move_point")(point, 1.0, -2.0)
    assert (point.x, point.y) == (1.0, -2.0)


def test_fields_through_a_pointer(guest: metaffi.MetaFFIModule) -> None:
    record = guest.load_entity("callable=new_record")("name", 42)
    assert record.inner.id == 42
    record.inner.id = 43
    record.inner.flags, record.inner.mode = 5, 17
    assert (record.inner.id, record.inner.flags, record.inner.mode) == (43, 5, 17)
    record.values[2] = 7
    assert record.values[2] == 7
    assert list(record.values) == [0, 0, 7, 0]
    assert len(record.values) == 4
    assert record.where is None
    point = guest.new("struct point")
    record.where = point
    point.x = 8.0
    assert record.where.x == 8.0
    guest.load_entity("callable=free_record")(record)


def test_a_function_of_c_in_a_field_goes_back_to_c_as_itself(guest: metaffi.MetaFFIModule) -> None:
    sorting = guest.load_entity("callable=by_first_byte")()
    sorts_by = guest.load_entity("callable=sorts_by")
    assert sorts_by(sorting, sorting.order) is True
    other = guest.new("struct sorting")
    other.order = sorting.order
    assert sorts_by(sorting, other.order) is True
    other.order = lambda left, right: 0
    assert sorts_by(sorting, other.order) is False
    assert sorts_by(other, other.order) is True


def test_a_field_that_is_not_there_is_named(guest: metaffi.MetaFFIModule) -> None:
    point = guest.new("struct point")
    with pytest.raises(AttributeError, match="z"):
        _ = point.z
    with pytest.raises(AttributeError, match="z"):
        point.z = 1
    with pytest.raises(MetaFFIError, match="x"):
        point.x = "three"
    assert not hasattr(point, "z")


def test_arrays_have_items_and_a_buffer(guest: metaffi.MetaFFIModule) -> None:
    numbers = guest.new("int32_t[4]")
    numbers[0], numbers[3] = 7, -1
    assert (numbers[0], numbers[3], len(numbers)) == (7, -1, 4)
    view = memoryview(numbers)
    assert (view.format, view.shape, view.tolist()) == ("i", (4,), [7, 0, 0, -1])
    view[1] = 5
    assert numbers[1] == 5
    assert guest.load_entity("callable=sum_int32")(numbers, 4) == 11
    for index in (4, -5, 1 << 40):
        with pytest.raises((IndexError, MetaFFIError)):
            _ = numbers[index]


def test_an_unknown_type_is_an_error(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match="nowhere"):
        guest.new("struct nowhere")
    with pytest.raises(MetaFFIError):
        guest.new("not a type")


def test_getrusage(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("sys/resource.h")
    usage = libc.new("struct rusage")
    who = libc.load_entity("constant=RUSAGE_SELF")()
    assert libc.load_entity("callable=getrusage")(who, usage) == 0
    assert usage.ru_maxrss > 1000
    assert usage.ru_utime.tv_sec >= 0


def test_stat(c: metaffi.MetaFFIRuntime, library: os.PathLike[str]) -> None:
    libc = c.load_module("sys/stat.h")
    status = libc.new("struct stat")
    assert libc.load_entity("callable=stat")(os.fspath(library), status) == 0
    assert status.st_size == os.stat(library).st_size
    assert status.st_mode == os.stat(library).st_mode
    assert libc.load_entity("callable=stat")("/nowhere/at/all", status) == -1


def test_localtime_by_declarations(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("")
    libc.declare(
        """
        struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday;
                    int tm_isdst; long tm_gmtoff; const char *tm_zone; };
        struct tm *localtime_r(const long *when, struct tm *result);
        """
    )
    when, result = libc.new("long[1]"), libc.new("struct tm")
    when[0] = 1_000_000_000
    libc.load_entity("callable=localtime_r")(when, result)
    expected = time.localtime(1_000_000_000)
    assert (result.tm_year + 1900, result.tm_mon + 1, result.tm_mday) == expected[:3]
    assert (result.tm_hour, result.tm_min, result.tm_sec) == expected[3:6]
    assert str(result.tm_zone) == expected.tm_zone
