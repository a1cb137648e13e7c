"""What a call returns: nothing, a value, or a tuple."""

from __future__ import annotations

import pytest
from support import echo, infos

import metaffi


def test_no_return_is_none(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    assert guest.load_entity("callable=nop")() is None
    assert python_guest.load_entity("callable=nothing")() is None
    assert python_guest.load_entity("callable=nothing", [], [])() is None


def test_one_return_is_bare(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    assert guest.load_entity("callable=add")(1, 2) == 3
    assert python_guest.load_entity("callable=add")(1, 2) == 3


def test_several_returns_are_a_tuple(python_guest: metaffi.MetaFFIModule) -> None:
    assert python_guest.load_entity("callable=pair")() == (1, "one")
    three = python_guest.load_entity("callable=three", [], infos("int64", "float64", "string8"))
    result = three()
    assert (type(result), result) == (tuple, (1, 2.5, "three"))


def test_true_false_and_none_are_the_singletons(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    negate = guest.load_entity("callable=negate")
    assert negate(True) is False
    assert negate(False) is True
    for value in (True, False, None):
        assert echo(python_guest, "any")(value) is value


@pytest.mark.parametrize("returns", ["handle", "any"])
def test_a_null_handle_is_none(guest: metaffi.MetaFFIModule, returns: str) -> None:
    assert guest.load_entity("callable=no_pointer", [], infos(returns))() is None


def test_no_text_is_none(guest: metaffi.MetaFFIModule) -> None:
    assert guest.load_entity("callable=no_text")() is None


def test_none_is_a_null_pointer(guest: metaffi.MetaFFIModule) -> None:
    assert (
        guest.load_entity("callable=echo_pointer", infos("handle"), infos("handle"))(None) is None
    )
    assert guest.load_entity("callable=echo_pointer")(None) is None


def test_text_that_the_caller_has_to_free_stays_a_pointer(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdlib.h;string.h;unistd.h")
    libc.setenv("METAFFI_TEST_TEXT", "text", 1)
    assert libc.getenv("METAFFI_TEST_TEXT") == "text"
    assert libc.getenv("METAFFI_TEST_NO_TEXT") is None
    strdup = libc.load_entity("callable=strdup,pointer")
    for text in ("text", "t", b"gr\xfcn"):
        copy = strdup(text)
        assert bytes(copy) == (text if isinstance(text, bytes) else text.encode())
        copy[0] = b"T"
        assert bytes(copy)[:1] == b"T"
        libc.free(copy)
    assert libc.load_entity("callable=getenv,pointer")("METAFFI_TEST_NO_TEXT") is None
    buffer = bytearray(4096)
    where = libc.load_entity("callable=getcwd,pointer")(buffer, len(buffer))
    assert bytes(where) == buffer[: buffer.index(0)]


def test_what_is_no_pointer_cannot_stay_one(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdlib.h")
    with pytest.raises(metaffi.MetaFFIError, match="atoi returns int, which is no pointer"):
        libc.load_entity("callable=atoi,pointer")
    with pytest.raises(metaffi.MetaFFIError, match="returns nothing"):
        libc.load_entity("callable=getenv,pointer", None, infos("string8"))
