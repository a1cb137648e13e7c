"""How arguments are given: their number, names and defaults, and what is refused beforehand."""

from __future__ import annotations

import ctypes

import pytest
from support import info, infos

import metaffi
from metaffi import MetaFFIError


@pytest.mark.parametrize("arguments", [(), (1,), (1, 2, 3)])
def test_a_wrong_number_is_refused_before_anything_is_called(
    guest: metaffi.MetaFFIModule, arguments: tuple[int, ...]
) -> None:
    add, calls = guest.load_entity("callable=add"), guest.load_entity("callable=guest_calls")
    before = calls()
    with pytest.raises(MetaFFIError, match=r"arguments given, but it takes 2|is not given"):
        add(*arguments)
    assert calls() == before


def test_a_missing_argument_is_named(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 1 \(right\) is not given"):
        guest.load_entity("callable=add")(1)
    with pytest.raises(MetaFFIError, match=r"argument 0 \(left\) is not given"):
        guest.load_entity("callable=add")(right=1)


def test_a_wrong_type_is_refused_before_anything_is_called(guest: metaffi.MetaFFIModule) -> None:
    add, calls = guest.load_entity("callable=add"), guest.load_entity("callable=guest_calls")
    before = calls()
    with pytest.raises(MetaFFIError, match=r"argument 1 \(right\).*str"):
        add(1, "two")
    assert calls() == before


def test_nothing_of_python_is_called_with_wrong_arguments(
    python_guest: metaffi.MetaFFIModule,
) -> None:
    calls = python_guest.load_entity("attribute=CALLS", [], infos("handle"))()
    before = len(calls)
    add = python_guest.load_entity("callable=add")
    for arguments in ((1,), (1, 2, 3), (1, "two"), (None, 2)):
        with pytest.raises(MetaFFIError):
            add(*arguments)
    assert len(calls) == before
    assert add(1, 2) == 3
    assert len(calls) == before + 1


@pytest.mark.parametrize("name", ["guest", "python_guest"])
def test_arguments_by_name(name: str, request: pytest.FixtureRequest) -> None:
    add = request.getfixturevalue(name).load_entity("callable=add")
    assert add(left=40, right=2) == 42
    assert add(right=40, left=2) == 42
    assert add(40, right=2) == 42


@pytest.mark.parametrize("name", ["guest", "python_guest"])
def test_a_wrong_name_is_named(name: str, request: pytest.FixtureRequest) -> None:
    add = request.getfixturevalue(name).load_entity("callable=add")
    with pytest.raises(MetaFFIError, match="middle"):
        add(1, middle=2)
    with pytest.raises(MetaFFIError, match="left"):
        add(1, left=2)
    with pytest.raises(MetaFFIError, match="left"):
        add(right=2)


def test_defaults_may_be_left_out(python_guest: metaffi.MetaFFIModule) -> None:
    greet = python_guest.load_entity("callable=greet")
    assert greet("Ada") == "Hello, Ada!"
    assert greet("Ada", "Hi") == "Hi, Ada!"
    assert greet("Ada", "Hi", "?") == "Hi, Ada?"
    assert greet("Ada", mark="?") == "Hello, Ada?"
    declared = python_guest.load_entity("callable=greet", infos("string8"), infos("string8"))
    assert declared("Ada") == "Hello, Ada!"


def test_a_default_cannot_make_up_for_what_has_none(python_guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match="name"):
        python_guest.load_entity("callable=greet")(mark="?")


def test_any_number_of_arguments(python_guest: metaffi.MetaFFIModule) -> None:
    total = python_guest.load_entity("callable=total")
    assert total() == 0
    assert total(1, 2, 3) == 6


def test_variadic_functions_of_c(guest: metaffi.MetaFFIModule) -> None:
    total = guest.load_entity("callable=sum_variadic")
    assert total(0) == 0
    assert total(3, 1, 2, 3) == 6
    with pytest.raises(MetaFFIError):
        total()


def test_printf(guest: metaffi.MetaFFIModule) -> None:
    buffer = ctypes.create_string_buffer(64)
    join = guest.load_entity("callable=join_numbers")
    assert join(buffer, 64, "%d %s %.2f %c", 42, "text", 1.5, ord("x")) == 14
    assert buffer.value == b"42 text 1.50 x"
    assert join(buffer, 64, "plain") == 5
    assert buffer.value == b"plain"


def test_snprintf_of_the_c_library(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdio.h")
    buffer = bytearray(32)
    length = libc.load_entity("callable=snprintf")(buffer, 32, "%5.1f|%-4ld|%s", 2.25, 7, "end")
    assert buffer[:length] == b"  2.2|7   |end"


def test_reference_counts_stay_after_success_and_failure(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    import sys

    text, items, number = "some text of its own"[:9], ["a", "b"], 2**40 + 1
    text_length = guest.load_entity("callable=text_length")
    add = guest.load_entity("callable=add")
    join = python_guest.load_entity(
        "callable=echo", [info("string8_array", dims=1)], [info("string8_array", dims=1)]
    )

    def calls() -> None:
        for _ in range(100):
            assert text_length(text) == 9
            assert join(items) == items
            assert add(number, 0) == number
            for entity, arguments in (
                (text_length, (text, items)),
                (text_length, (1.5,)),
                (add, (number, text)),
                (join, (number,)),
            ):
                with pytest.raises(MetaFFIError):
                    entity(*arguments)

    calls()
    before = [sys.getrefcount(one) for one in (text, items, number, items[0])]
    calls()
    assert [sys.getrefcount(one) for one in (text, items, number, items[0])] == before


def test_a_parameter_that_has_to_be_named_is_named(python_guest: metaffi.MetaFFIModule) -> None:
    entity = python_guest.load_entity("callable=keyword_only")
    assert (entity(21), entity(14, factor=3), entity(base=14, factor=3)) == (42, 42, 42)
    with pytest.raises(MetaFFIError, match="faktor"):
        entity(14, faktor=3)
    with pytest.raises(MetaFFIError, match="unexpected keyword argument 'rigth'"):
        python_guest.load_entity("callable=add")(1, rigth=2)
