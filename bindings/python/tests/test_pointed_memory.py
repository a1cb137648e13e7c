"""`metaffi.string` and `metaffi.buffer`: memory whose size the program says."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
from support import output_of

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


def test_memory_that_a_buffer_shows_is_not_released(libc: metaffi.MetaFFIModule) -> None:
    numbers = libc.new("int[]", 5_000_000)
    view = metaffi.buffer(libc.cast("int *", numbers), 16)
    part = view[4:8]
    with pytest.raises(metaffi.MetaFFIError, match="buffers show the memory of this handle"):
        numbers.release()
    view.release()
    part[0] = 9
    assert numbers[1] == 9
    with pytest.raises(metaffi.MetaFFIError, match="1 buffers show"):
        numbers.release()
    part.release()
    numbers.release()
    assert numbers.released


def test_text_and_buffers_of_released_memory_are_refused(libc: metaffi.MetaFFIModule) -> None:
    text = libc.new("char[]", b"text")
    pointer = libc.cast("char *", text)
    known = metaffi.buffer(pointer, 2)
    exporter = known.obj
    known.release()
    text.release()
    with pytest.raises(metaffi.MetaFFIError, match="memory: the handle is released"):
        metaffi.string(pointer)
    with pytest.raises(metaffi.MetaFFIError, match="memory: the handle is released"):
        metaffi.buffer(pointer, 4)
    with pytest.raises(BufferError, match="the handle is released"):
        memoryview(exporter)


def test_what_is_known_of_memory_bounds_its_text_and_buffers(libc: metaffi.MetaFFIModule) -> None:
    array = libc.new("char[4]", b"abcd")
    pointer = libc.cast("char *", libc.address(array, "[1]"))
    assert metaffi.string(pointer) == b"bcd"
    assert metaffi.string(pointer, 2) == b"bc"
    assert metaffi.buffer(pointer, 3).tobytes() == b"bcd"
    with pytest.raises(metaffi.MetaFFIError, match="4 bytes asked of an object that has 3"):
        metaffi.buffer(pointer, 4)


def test_const_memory_is_shown_to_be_read(libc: metaffi.MetaFFIModule) -> None:
    array = libc.new("char[4]", b"abc")
    view = metaffi.buffer(libc.cast("const char *", array), 4)
    assert view.readonly
    assert not metaffi.buffer(libc.cast("char *", array), 4).readonly


RELEASED = """
import mmap
from pathlib import Path
import metaffi

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE

library = metaffi.MetaFFIRuntime("c").load_module("stdlib.h")
size = 200 << 20
block = library.new("char[]", size)
keeper = library.new("char *[1]", [block])
block.release()
view = metaffi.buffer(library.cast("char *", keeper[0]), size)
view[:: 1 << 12] = b"x" * (size >> 12)
keeper[0] = None
before = resident()
print(view[0] == ord("x"))
view.release()
print(block.released, before - resident() > size // 2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_memory_that_was_released_ends_with_its_last_buffer() -> None:
    assert output_of(RELEASED) == "True\nTrue True"


def test_a_buffer_in_the_data_that_it_shows_is_collected(c: metaffi.MetaFFIRuntime) -> None:
    class Function:
        view: memoryview

        def __call__(self) -> None: ...

    library = c.load_module("stdlib.h")
    data = library.new("void (*[1])(void)")
    function = Function()
    function.view = metaffi.buffer(library.address(data), 8)
    data[0] = function
    gone = weakref.ref(function)
    del data, function
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("memory", [-1, 1 << 64, (1 << 64) - 1])
def test_numbers_that_are_no_addresses_are_refused(memory: int) -> None:
    with pytest.raises(
        metaffi.MetaFFIError, match=r"memory: the (int is no address|pointer is 0x)"
    ):
        metaffi.buffer(memory, 1)


def test_other_buffers_are_shown_too() -> None:
    memory = bytearray(b"ab\0c")
    metaffi.buffer(memory, 2)[1] = ord("B")
    assert (metaffi.string(memory), metaffi.string(memory, 1)) == (b"aB", b"a")
    with pytest.raises(metaffi.MetaFFIError, match="size: -1 is negative"):
        metaffi.buffer(memory, -1)
