"""Data of C from Python: records, arrays, pointers, and the structs of the system's headers."""

from __future__ import annotations

import doctest
import gc
import os
import resource
import time
import weakref
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

import metaffi
from metaffi import MetaFFIError, MetaFFIHandle, MetaFFIModule

DECLARATIONS = """
struct point { int x; short y; double weight; unsigned low : 3, high : 5; };
struct shape {
    char name[8];
    struct point corners[2];
    struct point *center;
    const char *label;
    double *weights;
    int (*twice)(int);
    const int id;
    long grid[2][3];
    unsigned char raw[4];
    _Bool filled;
    union { int number; float real; };
};
struct node { int value; struct node *next; };
struct opaque;
"""


@pytest.fixture(scope="module")
def data(c: metaffi.MetaFFIRuntime) -> MetaFFIModule:
    module = c.load_module("")
    module.declare(DECLARATIONS)
    return module


def test_a_record_is_made_of_a_dict_or_in_order(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 3, "weight": 2.5})
    assert (point.x, point.y, point.weight, point.low) == (3, 0, 2.5, 0)
    assert data.new("struct point", (1, 2, 3.0, 4, 5)).high == 5
    shape = data.new(
        "struct shape",
        {"name": "box", "corners": [{"x": 1}, [2, 3]], "grid": [[1, 2, 3], [4]], "number": 7},
    )
    assert [(corner.x, corner.y) for corner in shape.corners] == [(1, 0), (2, 3)]
    assert [list(row) for row in shape.grid] == [[1, 2, 3], [4, 0, 0]]
    assert (shape.number, str(shape.name)) == (7, "box")


def test_fields_are_read_and_written_in_their_types(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    shape.filled = True
    shape.real = 1.5
    shape.corners[1].high = 31
    shape["corners[0].x"] = -4
    assert shape.filled is True
    assert (shape.number, shape.corners[1].high, shape.corners[1].low) == (0x3FC00000, 31, 0)
    assert (shape.corners[0].x, shape["corners[0].x"]) == (-4, -4)
    shape.corners = [{"x": 5}]
    assert (shape.corners[0].x, shape.corners[1].high) == (5, 0)
    shape.corners[1] = data.new("struct point", {"x": 6})
    assert shape.corners[1].x == 6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x", 1 << 31),
        ("y", 1 << 15),
        ("x", "3"),
        ("x", 1.5),
        ("weight", None),
        ("low", 8),
        ("low", -1),
    ],
)
def test_what_does_not_fit_a_field_is_refused(
    data: MetaFFIModule, field: str, value: object
) -> None:
    point = data.new("struct point", {"x": 1, "y": 2, "weight": 3.0, "low": 4})
    before = bytes(point)
    with pytest.raises(MetaFFIError, match=field):
        setattr(point, field, value)
    assert bytes(point) == before


def test_const_is_not_written(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    with pytest.raises(MetaFFIError, match="const"):
        shape.id = 1
    numbers = data.new("const int[2]", [1, 2])
    with pytest.raises(MetaFFIError, match="const"):
        numbers[0] = 3
    assert memoryview(numbers).readonly
    assert list(numbers) == [1, 2]


def test_a_part_shares_the_memory_and_keeps_it(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    corner = shape.corners[1]
    corner.x = 9
    assert shape.corners[1].x == 9
    del shape
    gc.collect()
    assert corner.x == 9


def test_a_name_that_is_no_field_is_an_attribute_error(data: MetaFFIModule) -> None:
    point = data.new("struct point")
    with pytest.raises(AttributeError, match=r"struct point has no field wieght.*weight"):
        _ = point.wieght
    with pytest.raises(AttributeError, match="no field z"):
        point.z = 1
    with pytest.raises(TypeError, match="cannot be deleted"):
        del point.x
    assert not hasattr(point, "z")
    assert point.weight == 0.0
    assert {"x", "y", "weight", "low", "high"} <= set(dir(point))


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
    with pytest.raises(MetaFFIError, match="int32"):
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


def test_a_list_of_records_is_walked(data: MetaFFIModule) -> None:
    nodes = [data.new("struct node", {"value": value}) for value in range(4)]
    for node, following in zip(nodes, nodes[1:]):
        node.next = following
    first = nodes[0]
    del nodes, node, following
    gc.collect()
    values = []
    while first is not None:
        values.append(first.value)
        first = first.next
    assert values == [0, 1, 2, 3]


def test_numbers_have_a_value(data: MetaFFIModule) -> None:
    number = data.new("int", 5)
    number.value += 1
    number[0] += 1
    assert (number.value, number[0], int(number), float(number)) == (7, 7, 7, 7.0)
    with pytest.raises(IndexError):
        _ = number[1]
    with pytest.raises(TypeError, match="is no number"):
        int(data.new("struct point"))


def test_casts_and_sizes(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 0x01020304})
    raw = data.cast("unsigned char[4]", point)
    assert sorted(raw) == [1, 2, 3, 4]
    assert data.cast("unsigned char", data.new("int", 300)).value == 44
    assert data.sizeof("struct point *[3]") == 3 * data.sizeof("void *")
    with pytest.raises(MetaFFIError, match="smaller"):
        data.cast("struct shape", point)
    for missing in ("struct nowhere", "struct opaque"):
        with pytest.raises(MetaFFIError):
            data.new(missing)


def test_handles_show_what_they_are(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 3, "weight": 0.5})
    assert repr(point).endswith("struct point {x=3, y=0, weight=0.5, low=0, high=0}>")
    assert repr(data.new("int[20]")).endswith("0, …]>")
    assert repr(data.new("char[4]", "abc")).endswith("'abc'>")
    assert "NULL" in repr(data.new("void *"))
    with point:
        pass
    assert (point.released, "released" in repr(point)) == (True, True)
    with pytest.raises(AttributeError, match="released"):
        _ = point.x
    field = data.new("struct shape", {"center": data.new("struct point")}).center
    assert "struct point *" in repr(field)


def test_runtimes_without_types_say_so(python3: metaffi.MetaFFIRuntime) -> None:
    with pytest.raises(MetaFFIError, match="this runtime"):
        python3.load_module("json").new("struct point")


def test_handles_cost_no_memory_in_the_end(data: MetaFFIModule) -> None:
    def churn(count: int) -> None:
        for _ in range(count):
            shape = data.new("struct shape", {"label": "text", "center": data.new("struct point")})
            shape.corners[1].x = shape.center.x

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    churn(3000)
    before = resident()
    churn(10000)
    assert resident() - before < 500


def test_what_a_call_uses_is_given_back_after_it(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("")
    libc.declare("void qsort(void *, size_t, size_t, int (*)(const int *, const int *));")
    libc.declare("struct box { int numbers[3]; };")
    sort = libc.load_entity("callable=qsort")

    def compare(one: MetaFFIHandle, other: MetaFFIHandle) -> int:
        numbers.release()
        return int(one[0] - other[0])

    for function in (compare, metaffi.make_metaffi_callable(compare)):
        for _ in range(2):
            box = libc.new("struct box", [[3, 1, 2]])
            numbers = box.numbers
            sort(numbers, 3, 4, function)
            assert (numbers.released, list(box.numbers)) == (True, [1, 2, 3])
            with pytest.raises(MetaFFIError, match="released"):
                sort(numbers, 3, 4, function)


def test_a_handle_of_another_type_is_refused_by_name(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("time.h")
    timegm = libc.load_entity("callable=timegm")
    libc.declare("struct point { int x; };")
    for _ in range(3):
        assert timegm(libc.new("struct tm", {"tm_year": 70, "tm_mday": 1})) == 0
        with pytest.raises(MetaFFIError, match="struct point"):
            timegm(libc.new("struct point"))


def test_text_that_is_no_utf8_is_an_error_with_ways_out(data: MetaFFIModule) -> None:
    text = data.new("char *", b"ab\xffc")
    with pytest.raises(UnicodeDecodeError, match=r"position 2.*bytes\(…\).*latin-1"):
        str(text)
    assert bytes(text).decode("latin-1") == "abÿc"
    assert str(data.new("unsigned char *", b"plain")) == "plain"
    assert str(data.cast("unsigned char *", data.new("char[4]", "abc"))) == "abc"


def test_a_cast_keeps_what_it_points_into(data: MetaFFIModule) -> None:
    characters = data.cast("char (*)[3]", data.new("char *", "abc"))["*"]
    gc.collect()
    filler = [data.new("char[4]", "xyz") for _ in range(100)]
    assert (str(characters), len(characters), len(filler)) == ("abc", 3, 100)
    with pytest.raises(MetaFFIError, match="outside"):
        data.cast("char (*)[9]", data.new("char *", "abc"))[1]


def test_numbers_of_other_sizes_are_exact(data: MetaFFIModule) -> None:
    for number in (0, 1, -1, 2**127 - 1, -(2**127), 2**64):
        assert int(data.new("__int128", number)) == number
    assert int(data.new("unsigned __int128", 2**128 - 1)) == 2**128 - 1
    assert float(data.new("__int128", 2**70)) == 2.0**70
    for number in (2**63 + 1, -(2**63) - 1, 2**100):
        assert int(data.new("long double", number)) == number
    with pytest.raises(MetaFFIError, match="no exact"):
        data.new("long double", 2**64 + 1)
    for real in (0.1, -2.5, 5e-324, 1.7e308, float("inf")):
        assert float(data.new("long double", real)) == real
    assert complex(data.new("double _Complex", 1.5 - 2j)) == 1.5 - 2j
    assert complex(data.new("float _Complex", 3)) == 3
    with pytest.raises(OverflowError):
        int(data.new("long double", float("inf")))


def test_what_is_released_is_refused_through_its_views(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"corners": [{"x": 1}]})
    corner, grid = shape.corners[0], shape.grid
    shape.release()
    for use in (lambda: corner.x, lambda: grid[0], lambda: setattr(corner, "x", 2)):
        with pytest.raises((MetaFFIError, AttributeError), match="released"):
            use()


def test_a_copied_struct_keeps_what_its_pointers_were_made_to_point_to(
    data: MetaFFIModule,
) -> None:
    first = data.new("struct shape", {"label": "a label", "center": {"x": 4}})
    both = data.new("struct shape[2]", [first])
    del first
    gc.collect()
    filler = [data.new("char *", "another") for _ in range(100)]
    assert (str(both[0].label), both[0].center.x, len(filler)) == ("a label", 4, 100)


def test_objects_that_point_to_each_other_are_collected(data: MetaFFIModule) -> None:
    one, other = data.new("struct node"), data.new("struct node")
    one.next, other.next = other, one
    gone = weakref.ref(one)
    assert one.next.next.value == 0
    del one, other
    gc.collect()
    assert gone() is None


def test_a_type_lasts_while_a_value_of_it_is_made(data: MetaFFIModule) -> None:
    class Name(str):
        """Is compared, and lets the module forget what types it was asked for."""

        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            data.declare(f"struct unrelated_{id(self)};")
            gc.collect()
            return str.__eq__(self, other)

    data.declare("struct tail { int count; int items[]; };")
    for _ in range(20):
        with pytest.raises(MetaFFIError, match="keys of a dict"):
            data.new("struct tail", {Name("items"): [1, 2, 3]})


def test_a_pointer_that_is_cast_keeps_what_it_points_into(data: MetaFFIModule) -> None:
    for spelled in ("char *", "void *", "struct point *", "int (*)[2]"):
        for _ in range(2):
            pointer = data.cast("unsigned char *", data.cast(spelled, data.new("int[3]", [7, 8])))
            gc.collect()
            filler = [data.new("int[3]", [1, 1, 1]) for _ in range(100)]
            assert (pointer[0], pointer[4], len(filler)) == (7, 8, 100)
            with pytest.raises(MetaFFIError, match="outside"):
                pointer[12]
    nothing = data.cast("void *", data.cast("char *", data.cast("int *", data.new("long", 0))))
    assert not nothing
    with pytest.raises(MetaFFIError, match="pass a MetaFFIHandle"):
        data.cast("char *", "text")
    released = data.new("int[3]")
    inside = data.address(released, "[1]")
    released.release()
    for gone in (released, inside):
        with pytest.raises(MetaFFIError, match="released"):
            data.cast("char *", gone)


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


def test_objects_are_small(data: MetaFFIModule) -> None:
    import tracemalloc

    data.declare("struct triple { double x, y, z; };")
    array = data.new("struct triple[8]")

    def each(make: Callable[[], object]) -> float:
        make()
        kept: list[object] = [None] * 10_000
        tracemalloc.start()
        for index in range(len(kept)):
            kept[index] = make()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size / len(kept)

    assert each(lambda: array[1]) <= 48
    assert each(lambda: data.new("struct triple")) <= 80


def test_the_page_about_data() -> None:
    page = Path(__file__).resolve().parents[3] / "docs/python_data.md"
    result = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert (result.attempted > 0, result.failed) == (True, 0)


# The system's own structs.


@pytest.fixture(scope="module", params=["headers", "declarations"])
def system(c: metaffi.MetaFFIRuntime, request: pytest.FixtureRequest) -> MetaFFIModule:
    if request.param == "headers":
        headers = ["sys/resource.h", "sys/stat.h", "time.h", "sys/time.h", "sys/utsname.h"]
        return c.load_module(";".join(headers))
    module = c.load_module("")
    module.declare(
        """
        struct timeval { long tv_sec; long tv_usec; };
        struct timespec { long tv_sec; long tv_nsec; };
        struct rusage {
            struct timeval ru_utime, ru_stime;
            long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap;
            long ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
        };
        struct stat {
            unsigned long st_dev, st_ino, st_nlink;
            unsigned st_mode, st_uid, st_gid;
            int __pad0;
            unsigned long st_rdev;
            long st_size, st_blksize, st_blocks;
            struct timespec st_atim, st_mtim, st_ctim;
            long reserved[3];
        };
        struct tm {
            int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
            long tm_gmtoff;
            const char *tm_zone;
        };
        struct utsname { char sysname[65], nodename[65], release[65], version[65], machine[65],
                         domainname[65]; };
        int getrusage(int who, struct rusage *usage);
        int stat(const char *path, struct stat *buffer);
        struct tm *gmtime_r(const long *time, struct tm *result);
        struct tm *localtime(const long *time);
        long timegm(struct tm *tm);
        int gettimeofday(struct timeval *tv, void *tz);
        int uname(struct utsname *name);
        """
    )
    return module


def function(module: MetaFFIModule, name: str) -> Callable[..., object]:
    return module.load_entity(f"callable={name}")


needs_x86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 declarations")


@needs_x86_64
def test_getrusage(system: MetaFFIModule) -> None:
    usage = system.new("struct rusage")
    assert function(system, "getrusage")(0, usage) == 0
    own = resource.getrusage(resource.RUSAGE_SELF)
    assert 0 < usage.ru_maxrss <= own.ru_maxrss
    spent = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6
    assert 0 < spent <= own.ru_utime
    assert 0 < usage.ru_minflt <= own.ru_minflt


@needs_x86_64
def test_stat(system: MetaFFIModule, tmp_path: Path) -> None:
    path = tmp_path / "größe"
    path.write_bytes(b"12345")
    buffer = system.new("struct stat")
    assert function(system, "stat")(str(path), buffer) == 0
    own = path.stat()
    found = (buffer.st_size, buffer.st_mode, buffer.st_ino, buffer.st_uid, buffer.st_nlink)
    assert found == (5, own.st_mode, own.st_ino, own.st_uid, own.st_nlink)
    assert buffer.st_mtim.tv_sec * 10**9 + buffer.st_mtim.tv_nsec == own.st_mtime_ns
    assert function(system, "stat")(str(tmp_path / "nothing"), buffer) == -1


@needs_x86_64
def test_tm(system: MetaFFIModule) -> None:
    seconds, broken = system.new("long", 86400 * 365), system.new("struct tm")
    returned = function(system, "gmtime_r")(seconds, broken)
    assert isinstance(returned, MetaFFIHandle)
    assert returned == system.address(broken)
    assert (broken.tm_year, broken.tm_mon, broken.tm_mday, broken.tm_yday) == (71, 0, 1, 0)
    assert str(broken.tm_zone) == "GMT"
    broken.tm_mday += 1
    assert function(system, "timegm")(broken) == 86400 * 366
    local = function(system, "localtime")(seconds)
    assert isinstance(local, MetaFFIHandle)
    own = time.localtime(86400 * 365)
    assert (local.tm_hour, local.tm_min, local.tm_gmtoff) == (
        own.tm_hour,
        own.tm_min,
        own.tm_gmtoff,
    )


@needs_x86_64
def test_timeval(system: MetaFFIModule) -> None:
    now = system.new("struct timeval")
    before = int(time.time())
    assert function(system, "gettimeofday")(now, None) == 0
    assert before <= now.tv_sec <= time.time()
    assert 0 <= now.tv_usec < 1_000_000


@needs_x86_64
def test_a_field_wins_over_what_handles_have(system: MetaFFIModule) -> None:
    name = system.new("struct utsname")
    assert function(system, "uname")(name) == 0
    own = os.uname()
    assert (str(name.sysname), str(name.release), str(name.machine)) == (
        own.sysname,
        own.release,
        own.machine,
    )
    MetaFFIHandle.release(name)
    assert name.released


class Meddler:
    """A number that does something before it says which."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle = meddle

    def __index__(self) -> int:
        self.meddle()
        return 5


@pytest.mark.parametrize("key", [0, slice(0, 3), "[0]"])
def test_data_that_is_released_while_it_is_written_stays_until_that_ends(
    c: metaffi.MetaFFIRuntime, key: int | slice | str
) -> None:
    data = c.load_module("stdlib.h").new("int[]", 100_000)
    meddler = Meddler(data.release)
    data[key] = [1, meddler, 3] if isinstance(key, slice) else meddler
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        data[0]


def test_an_array_in_data_that_is_released_while_it_is_written(c: metaffi.MetaFFIRuntime) -> None:
    data = c.load_module("stdlib.h").new("struct { int a[100000]; }")
    data.a = [1, Meddler(data.release)] + [3] * 99_000
    with pytest.raises(AttributeError, match="released"):
        data.a  # noqa: B018


def test_a_dict_that_contains_itself_is_refused(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("stdlib.h")
    module.declare("struct link { int value; struct link *next; };")
    link: dict[str, object] = {"value": 1}
    link["next"] = link
    with pytest.raises(RecursionError, match="dicts in dicts"):
        module.new("struct link", link)


def test_a_slice_of_a_pointer_may_have_any_limits(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("stdlib.h")
    pointer = module.cast("int *", module.new("int[5]", [1, 2, 3, 4, 5]))
    assert pointer[0 : 2**62 : 2**63 - 1] == [1]
    assert pointer[0:5:3] == [1, 4]
    with pytest.raises(metaffi.MetaFFIError, match="lies outside"):
        pointer[-(2**63) : 2**62]
