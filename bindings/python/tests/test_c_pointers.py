"""Pointers of C: where they lead, and what they keep."""

from __future__ import annotations

import gc
import weakref

import pytest

import metaffi
from metaffi import MetaFFIError, MetaFFIModule


def test_pointers_are_followed(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 1})
    pointer = data.address(point)
    pointer.x += 1
    assert (point.x, pointer[0].x, pointer == data.address(point)) == (2, 2, True)
    weight = data.address(point, "weight")
    weight[0] = 0.5
    assert (point.weight, weight.value == weight) == (0.5, True)
    with pytest.raises(MetaFFIError, match="outside"):
        _ = weight[3]
    nothing = data.new("struct point *")
    assert not nothing
    assert bool(pointer)
    with pytest.raises(MetaFFIError, match="NULL"):
        _ = nothing.x
    nothing.value = point
    assert nothing.x == 2
    nothing.value = None
    with pytest.raises(MetaFFIError, match="NULL"):
        nothing.x = 1


def test_a_pointer_that_c_moves_is_followed_anew(data: MetaFFIModule) -> None:
    points = data.new("struct point[2]", [{"x": 1}, {"x": 2}])
    pointer = data.new("struct point *", points)
    assert pointer.x == 1
    raw = data.cast("unsigned long", pointer)
    pointer.value = data.cast("struct point *", int(raw) + data.sizeof("struct point"))
    assert pointer.x == 2


def test_a_pointer_into_its_own_memory_keeps_it(data: MetaFFIModule) -> None:
    node = data.new("struct node", {"value": 7})
    node.next = node
    following = node.next
    del node
    gc.collect()
    filler = [data.new("struct node", {"value": 99}) for _ in range(100)]
    assert (following.value, following.next.value, len(filler)) == (7, 7, 100)


def test_pointers_that_a_list_does_not_replace_are_kept(data: MetaFFIModule) -> None:
    texts = data.new("char *[3]", ["one", "two", "three"])
    with pytest.raises(MetaFFIError, match=r"\[1\]"):
        texts[""] = ["1", object()]
    gc.collect()
    filler = [data.new("char[6]", "other") for _ in range(100)]
    assert (str(texts[0]), texts[1], str(texts[2]), len(filler)) == ("1", None, "three", 100)
    texts[""] = ["2"]
    assert (str(texts[0]), texts[1], texts[2]) == ("2", None, None)


def test_a_long_chain_of_pointers_ends(data: MetaFFIModule) -> None:
    pointer = data.new("void *")
    for _ in range(100_000):
        pointer = data.new("void *", data.address(pointer))
    gone = weakref.ref(pointer)
    del pointer
    assert gone() is None


def test_a_released_pointer_is_refused_through_pointers_to_it(data: MetaFFIModule) -> None:
    pointer = data.new("int *", data.new("int[3]", [1, 2, 3]))
    address = data.address(pointer)
    assert address[0][2] == 3
    pointer.release()
    with pytest.raises(MetaFFIError, match="released"):
        address[0]


def test_what_a_pointer_gets_is_kept(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"label": "a label", "weights": [1.0, 2.5]})
    shape.center = data.new("struct point", {"x": 7})

    def twice(number: int) -> int:
        return 2 * number

    shape.twice = twice
    del twice
    gc.collect()
    assert (str(shape.label), bytes(shape.label)) == ("a label", b"a label")
    assert (shape.weights[1], shape.center.x, shape.twice(21)) == (2.5, 7, (42,))
    center = shape.center
    shape.center = None
    gc.collect()
    assert (shape.center, center.x) == (None, 7)


def test_pointers_to_pointers_are_kept_as_well(data: MetaFFIModule) -> None:
    data.declare("struct command { char **argv; char mark; _Bool flags[2]; __int128 wide; };")
    command = data.new("struct command", {"argv": ["ls", "-l"], "mark": "x"})
    gc.collect()
    assert [str(command.argv[index]) for index in range(2)] == ["ls", "-l"]
    assert command.argv[2] is None
    command.mark = 65
    assert command.mark == "A"
    with pytest.raises(MetaFFIError, match=r"mark.*one unit"):
        command.mark = "é"
    command.flags[0] = 1
    assert command.flags[0] is True
    with pytest.raises(MetaFFIError, match="bool"):
        command.flags[0] = 2
    assert list(data.new("int[2]", [True, False])) == [1, 0]
    command.wide = True
    assert int(command.wide) == 1
    command.wide = -(1 << 100)
    assert int(command.wide) == -(1 << 100)
    with pytest.raises(MetaFFIError, match="does not fit"):
        command.wide = 1 << 127


def test_a_pointer_is_given_as_its_value_or_as_where_it_is(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdlib.h")
    text = libc.new("char[8]", "12 34x")
    end = libc.new("char *")
    for _ in range(3):
        assert libc.strtol(text, end, 10) == 12
        assert bytes(end) == b" 34x"
        assert (libc.strtol(end, end, 10), bytes(end)) == (34, b"x")
        end.value = text
        assert libc.atoi(end) == 12


def test_a_pointer_to_itself_does_not_tell_how_others_are_given(
    c: metaffi.MetaFFIRuntime,
) -> None:
    itself = c.load_module("")
    itself.declare("void *memcpy(char **, char *const *, unsigned long);")
    copy = itself.load_entity("callable=memcpy")
    own = itself.new("char *")
    own.value = itself.cast("char *", itself.address(own))
    for _ in range(3):
        copy(own, own, 8)
    other = itself.new("char *")
    copy(other, own, 8)
    assert int(other) == int(own)


def test_a_pointer_to_released_data_is_not_given_to_c(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("string.h")
    for release_after in range(3):
        numbers = libc.new("int[]", 5_000_000)
        pointer = libc.cast("int *", numbers)
        for _ in range(release_after):
            libc.memset(pointer, 0, 4)
        numbers.release()
        with pytest.raises(metaffi.MetaFFIError, match="released"):
            libc.memset(pointer, 0, 4)


def test_objects_that_point_to_each_other_are_collected(data: MetaFFIModule) -> None:
    one, other = data.new("struct node"), data.new("struct node")
    one.next, other.next = other, one
    gone = weakref.ref(one)
    assert one.next.next.value == 0
    del one, other
    gc.collect()
    assert gone() is None


def test_a_slice_of_a_pointer_may_have_any_limits(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("stdlib.h")
    pointer = module.cast("int *", module.new("int[5]", [1, 2, 3, 4, 5]))
    assert pointer[0 : 2**62 : 2**63 - 1] == [1]
    assert pointer[0:5:3] == [1, 4]
    with pytest.raises(metaffi.MetaFFIError, match="lies outside"):
        pointer[-(2**63) : 2**62]


@pytest.mark.parametrize("given", [b"a\0b", bytearray(b"a\0b"), memoryview(b"a\0b"), "a\0b"])
def test_a_pointer_to_anything_gets_the_bytes(data: MetaFFIModule, given: object) -> None:
    data.declare("struct any { const void *read; void *written; };")
    record = data.new("struct any", {"read": given, "written": given})
    gc.collect()
    fill = [data.new("char[4]", b"xxxx") for _ in range(100)]
    for pointer in (record.read, record.written):
        assert (metaffi.buffer(pointer, 4).tobytes(), len(fill)) == (b"a\0b\0", 100)
        with pytest.raises(MetaFFIError, match="5 bytes asked of an object that has 4"):
            metaffi.buffer(pointer, 5)
    with pytest.raises(MetaFFIError, match=r"field read: list cannot be given for const void \*"):
        record.read = [1, 2]
    foreign = data.cast("struct any *", int(data.address(record)))
    with pytest.raises(MetaFFIError, match="nobody would own its memory"):
        foreign.read = given
