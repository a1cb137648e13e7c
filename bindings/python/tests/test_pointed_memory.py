"""`metaffi.string` and `metaffi.buffer`: memory whose size the program says."""

from __future__ import annotations

import gc

import pytest

import metaffi


@pytest.fixture(scope="module")
def libc(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    return c.load_module("stdlib.h;string.h")


def test_text_behind_a_pointer_ends_at_its_nul_or_where_it_is_said(
    libc: metaffi.MetaFFIModule,
) -> None:
    pointer = libc.malloc(8)
    libc.memset(pointer, ord("x"), 8)
    assert metaffi.string(pointer, 8) == b"xxxxxxxx"
    assert metaffi.string(pointer, 3) == b"xxx"
    assert metaffi.string(pointer, 0) == b""
    metaffi.buffer(pointer, 8)[5] = 0
    assert metaffi.string(pointer) == b"xxxxx"
    assert metaffi.string(pointer, 8) == b"xxxxx"
    assert metaffi.string(int(pointer), 2) == b"xx"
    libc.free(pointer)


def test_a_buffer_is_the_memory_itself(libc: metaffi.MetaFFIModule) -> None:
    pointer = libc.calloc(4, 1)
    view = metaffi.buffer(pointer, 4)
    assert (view.format, view.readonly, len(view)) == ("B", False, 4)
    view[1:3] = b"ab"
    assert metaffi.buffer(int(pointer), 4).tobytes() == b"\0ab\0"
    assert bytearray(view)[1] == ord("a")
    libc.free(pointer)


def test_an_array_knows_its_size(libc: metaffi.MetaFFIModule) -> None:
    array = libc.new("char[6]", b"abc")
    assert metaffi.string(array) == b"abc"
    assert metaffi.string(array, 2) == b"ab"
    assert metaffi.string(libc.new("char[2]", b"ab")) == b"ab"
    metaffi.buffer(array, 6)[0] = ord("A")
    assert metaffi.buffer(array, 3).tobytes() == b"Abc"
    with pytest.raises(metaffi.MetaFFIError, match="7 bytes asked of an object that has 6"):
        metaffi.buffer(array, 7)


def test_numbers_and_structs_are_their_bytes(libc: metaffi.MetaFFIModule) -> None:
    number = libc.new("int", 0x01010101)
    assert metaffi.buffer(number, 4).tobytes() == b"\1\1\1\1"
    result = libc.new("div_t", [1, 0])
    assert metaffi.buffer(result, libc.sizeof("div_t")).tobytes() == b"\1" + b"\0" * 7


def test_a_buffer_keeps_what_its_pointer_keeps(libc: metaffi.MetaFFIModule) -> None:
    view = metaffi.buffer(libc.address(libc.new("int[1000]", [7] * 1000)), 4000)
    gc.collect()
    others = [libc.new("int[1000]") for _ in range(10)]
    assert view.cast("i").tolist() == [7] * 1000
    assert len(others) == 10


@pytest.mark.parametrize("memory", ["text", None, 0, 1.5, []])
def test_what_is_no_memory_is_refused(memory: object) -> None:
    with pytest.raises(metaffi.MetaFFIError, match="memory:"):
        metaffi.string(memory)  # type: ignore[arg-type]
    with pytest.raises(metaffi.MetaFFIError, match="memory:"):
        metaffi.buffer(memory, 1)  # type: ignore[arg-type]


def test_nothing_is_there_of_a_null_pointer(libc: metaffi.MetaFFIModule) -> None:
    assert metaffi.buffer(None, 0).tobytes() == b""
    with pytest.raises(metaffi.MetaFFIError, match="size: -1 is negative"):
        metaffi.buffer(None, -1)
    with pytest.raises(metaffi.MetaFFIError, match="most: -1 is negative"):
        metaffi.string(libc.new("char[2]"), -1)
