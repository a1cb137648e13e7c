"""Arrays of C: elements, slices, buffers, and text."""

from __future__ import annotations

from array import array

import pytest

from metaffi import MetaFFIError, MetaFFIModule


def test_arrays_are_sequences(data: MetaFFIModule) -> None:
    numbers = data.new("int[5]", [1, 2, 3])
    assert (len(numbers), list(numbers), numbers[-1]) == (5, [1, 2, 3, 0, 0], 0)
    numbers[-1] = 5
    numbers[1:3] = (8, 9)
    assert (numbers[:], numbers[::-2], 8 in numbers) == ([1, 8, 9, 0, 5], [5, 9, 1], True)
    for index in (5, -6, 1 << 70):
        with pytest.raises(IndexError):
            _ = numbers[index]
    with pytest.raises(ValueError, match="keeps its length"):
        numbers[0:2] = [1, 2, 3]
    with pytest.raises(
        MetaFFIError, match=r"\[0\]: int 2147483648 does not fit int \(-2147483648 to"
    ):
        numbers[0] = 1 << 31
    with pytest.raises(TypeError, match="has no length"):
        len(data.new("struct point"))
    assert len(data.new("short[]", 7)) == 7
    with pytest.raises(MetaFFIError, match=r"initial: -1 is no length for `short \[\]`"):
        data.new("short[]", -1)
    with pytest.raises(MetaFFIError, match=r"initial: `short \[\]` .* float64 2\.5 gives it none"):
        data.new("short[]", 2.5)
    assert len(data.new("struct point[]", [{"x": 1}, {"x": 2}])) == 2


def test_memory_is_a_buffer_without_a_copy(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"grid": [[1, 2, 3], [4, 5, 6]]})
    with memoryview(shape.grid) as grid:
        assert grid.shape == (2, 3)
        assert [list(row) for row in shape.grid] == [[1, 2, 3], [4, 5, 6]]
        grid[1, 2] = 42
    assert shape.grid[1][2] == 42
    whole = memoryview(shape)
    assert (whole.format, whole.nbytes) == ("B", data.sizeof("struct shape"))
    assert bytes(shape) == whole.tobytes()
    with pytest.raises(MetaFFIError, match="buffers show"):
        shape.release()
    whole.release()
    shape.release()
    doubles = data.new("double[3]", array("d", [1.0, 2.0, 3.0]))
    assert list(doubles) == [1.0, 2.0, 3.0]


def test_numpy_sees_arrays_without_a_copy(data: MetaFFIModule) -> None:
    numpy = pytest.importorskip("numpy")
    numbers = data.new("float[2][4]")
    seen = numpy.asarray(numbers)
    assert (seen.shape, seen.dtype) == ((2, 4), numpy.float32)
    seen[1] = 2.5
    assert list(numbers[1]) == [2.5] * 4
    assert list(data.new("int[3]", numpy.arange(3, dtype=numpy.int32))) == [0, 1, 2]


def test_arrays_of_characters_are_text_and_bytes(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"name": "abc"})
    assert (str(shape.name), bytes(shape.name)) == ("abc", b"abc" + bytes(5))
    shape.name = b"\xff\x00\x01"
    assert bytes(shape.name)[:4] == b"\xff\x00\x01\x00"
    shape.name = "eight ch"
    assert str(shape.name) == "eight ch"
    with pytest.raises(MetaFFIError, match="does not fit"):
        shape.name = "nine char"
    shape.raw = b"1234"
    assert shape.raw[3] == ord("4")
    assert str(data.new("wchar_t[]", "größer")) == "größer"


def test_text_that_is_no_utf8_is_an_error_with_ways_out(data: MetaFFIModule) -> None:
    text = data.new("char *", b"ab\xffc")
    with pytest.raises(UnicodeDecodeError, match=r"position 2.*bytes\(…\).*latin-1"):
        str(text)
    assert bytes(text).decode("latin-1") == "abÿc"
    assert str(data.new("unsigned char *", b"plain")) == "plain"
    assert str(data.cast("unsigned char *", data.new("char[4]", "abc"))) == "abc"


def test_arrays_are_reversed(data: MetaFFIModule) -> None:
    assert list(reversed(data.new("int[3]", [1, 2, 3]))) == [3, 2, 1]
    assert [point.x for point in reversed(data.new("struct point[2]", [[1], [2]]))] == [2, 1]
    with pytest.raises(TypeError, match="has no length"):
        reversed(data.cast("int *", data.new("int[3]")))


@pytest.mark.parametrize(
    ("type", "shape"),
    [
        ("int[3][0]", (3, 0)),
        ("int[0][3]", (0, 3)),
        ("int[2][3]", (2, 3)),
        ("struct node[3]", (48,)),
        ("char *[3][2]", (48,)),
    ],
)
def test_buffers_have_the_shape_of_the_type(
    data: MetaFFIModule, type: str, shape: tuple[int, ...]
) -> None:
    view = memoryview(data.new(type))
    assert (view.shape, view.nbytes) == (shape, data.sizeof(type))


@pytest.mark.parametrize("type", ["int[]", "short[]", "double[]", "wchar_t[]"])
@pytest.mark.parametrize("given", [b"abc", bytearray(b"abc")])
def test_bytes_are_an_element_each(
    data: MetaFFIModule, type: str, given: bytes | bytearray
) -> None:
    array = data.new(type, given)
    numbers = [ord(item) if isinstance(item, str) else item for item in array]
    assert numbers == [97, 98, 99]


def test_more_values_than_elements_are_refused_by_type(data: MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"3 values given for int \[2\]"):
        data.new("int[2]", [1, 2, 3])
    data.declare("struct row { int count; int items[]; };")
    row = data.new("struct row", [2, [1, 2]])
    assert list(row.items) == [1, 2]
    with pytest.raises(
        MetaFFIError, match=r"3 values given for int \[\], which was made with room for 2"
    ):
        row.items = [1, 2, 3]


@pytest.mark.parametrize(
    ("type", "given", "said"),
    [
        ("int[2]", [[1], 2], r"initial\[0\]: list cannot be given for int: give an int"),
        ("int[2]", [0, "x"], r"initial\[1\]: str 'x' cannot be given for int: give an int"),
        ("int[2]", [1.5], r"\[0\]: float 1.5 cannot be given for int: a float is not rounded"),
        ("short[2]", [1 << 15], r"\[0\]: int 32768 does not fit short \(-32768 to 32767\)"),
        ("double[2]", ["x"], r"\[0\]: str 'x' cannot be given for double: give a float"),
        ("float[2]", [1e300], r"\[0\]: float 1e\+300 does not fit float"),
        ("float[2]", [16777217], r"\[0\]: int 16777217 is no float exactly; round it"),
        ("_Bool[2]", [2], r"\[0\]: int 2 cannot be given for _Bool: give True or False"),
        ("char[2]", [300], r"\[0\]: int 300 does not fit char"),
        (
            "char *[2]",
            [1.5],
            r"\[0\]: float 1.5 cannot be given for char \*: give data of its type",
        ),
        ("struct point[2]", [1], r"\[0\]: int 1 cannot be given for struct point: give a dict"),
        ("struct point[2]", [[1, [2]]], r"\[0\]: y: list cannot be given for short: give an int"),
        ("__int128[2]", ["x"], r"\[0\]: str 'x' cannot be given for __int128: give an int"),
        (
            "int (*[1])(int)",
            [1.5],
            r"\[0\]: float 1.5 cannot be given for int \(\*\)\(int\): give a",
        ),
    ],
)
def test_refusals_in_lists_speak_of_types_of_c(
    data: MetaFFIModule, type: str, given: object, said: str
) -> None:
    with pytest.raises(MetaFFIError, match=said):
        data.new(type, given)
