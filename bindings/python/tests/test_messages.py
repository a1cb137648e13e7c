"""What somebody new gives, and what they are told."""

from __future__ import annotations

import pytest

import metaffi
from metaffi import MetaFFIError

DECLARATIONS = """
    typedef void (*destructor)(void *);
    #define KEEP ((destructor)0)
    #define COPY ((destructor)-1)
    #define FINISH 4
    struct named { const char *name; };
    int show(char *to, size_t room, const char *format, destructor one) __asm__("snprintf");
    int print(char *to, size_t room, const char *format, ...) __asm__("snprintf");
    void sort(void *items, size_t count, size_t size,
        int (*compare)(const void *, const void *)) __asm__("qsort");
"""


@pytest.fixture(scope="module")
def libc(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    module = c.load_module("stdlib.h;string.h;fcntl.h;errno.h")
    module.declare(DECLARATIONS)
    return module


def test_bytes_for_a_field_that_is_const(libc: metaffi.MetaFFIModule) -> None:
    named = libc.new("struct named")
    named.name = b"bytes"
    assert str(named.name) == "bytes"
    assert str(libc.new("struct named", {"name": b"new"}).name) == "new"


def test_ints_of_64_bits_behind_the_declared_ones(libc: metaffi.MetaFFIModule) -> None:
    text = libc.new("char[99]")
    libc.print(text, 99, "%lu %ld", 2**64 - 1, -(2**63))
    assert str(text) == "18446744073709551615 -9223372036854775808"
    with pytest.raises(
        MetaFFIError, match="argument 3: int 18446744073709551616 does not fit uint64"
    ):
        libc.print(text, 99, "%lu", 2**64)


@pytest.mark.parametrize("given", [{"x": 1}, [1], (1, 2), object(), 1j])
def test_what_has_no_type_behind_the_declared_ones(
    libc: metaffi.MetaFFIModule, given: object
) -> None:
    text = libc.new("char[9]")
    wanted = rf"^argument 4: {type(given).__name__} cannot be given .*module\.new"
    with pytest.raises(MetaFFIError, match=wanted):
        libc.print(text, 9, "%d %p", 1, given)


def test_constants_that_are_functions(
    c: metaffi.MetaFFIRuntime, libc: metaffi.MetaFFIModule
) -> None:
    assert libc.KEEP is None
    room = libc.new("char[9]")
    for given in (libc.COPY, libc.cast("destructor", -1)):
        assert libc.show(room, 0, "%p", given) == len("0xffffffffffffffff")
    with pytest.raises(MetaFFIError, match=r"char .* given for"):
        libc.show(room, 0, "%p", room)
    sqlite = c.load_module("libsqlite3.so.0;sqlite3.h")
    place = sqlite.new("sqlite3 *[1]")
    assert sqlite.sqlite3_open(":memory:", place) == 0
    statement = sqlite.new("sqlite3_stmt *[1]")
    assert sqlite.sqlite3_prepare_v2(place[0], "SELECT ?", -1, statement, None) == 0
    copy = sqlite.SQLITE_TRANSIENT
    assert sqlite.sqlite3_bind_text(statement[0], 1, "text", -1, copy) == sqlite.SQLITE_OK
    assert sqlite.sqlite3_step(statement[0]) == sqlite.SQLITE_ROW
    assert str(sqlite.cast("char *", sqlite.sqlite3_column_text(statement[0], 0))) == "text"
    assert sqlite.sqlite3_finalize(statement[0]) == sqlite.sqlite3_close(place[0]) == 0


def test_constants_that_are_not_called(libc: metaffi.MetaFFIModule) -> None:
    wanted = r"FINISH has to be called for its value: FINISH\(\)"
    with pytest.raises(MetaFFIError, match=wanted):
        libc.abs(libc.entities.FINISH)
    with pytest.raises(MetaFFIError, match=wanted):
        libc.print(None, 0, "%d", libc.entities.FINISH)
    assert libc.abs(libc.entities.FINISH()) == libc.abs(libc.FINISH) == 4


def test_an_object_for_a_pointer_to_anything(libc: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"object cannot be given for void \*: give C data"):
        libc.free(object())


def test_an_array_of_other_numbers(libc: metaffi.MetaFFIModule) -> None:
    np = pytest.importorskip("numpy")
    libc.declare('int of_doubles(double *out) __asm__("abs");')
    wanted = (
        r"^argument 0 \(out\): numpy.ndarray of float16 cannot be given for double \*: "
        r"convert it with \.astype\(float64\)$"
    )
    with pytest.raises(MetaFFIError, match=wanted):
        libc.of_doubles(np.zeros(2, np.float16))


def test_a_number_out_of_range(libc: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"does not fit int32 \(-2147483648 to 2147483647\)$"):
        libc.abs(1 << 31)


def test_a_number_for_a_function(libc: metaffi.MetaFFIModule) -> None:
    wanted = r"float 1\.5 cannot be given for .*: give a function, or an address"
    with pytest.raises(MetaFFIError, match=wanted):
        libc.sort(None, 0, 0, 1.5)


def test_a_comparator_of_pointers_to_anything(libc: metaffi.MetaFFIModule) -> None:
    numbers = libc.new("int[]", [3, 1, 2])
    with pytest.raises(MetaFFIError, match=r"cast a pointer to it .* such as `int \*`"):
        libc.sort(numbers, 3, 4, lambda one, other: one[0] - other[0])

    def compare(one: metaffi.MetaFFIHandle, other: metaffi.MetaFFIHandle) -> int:
        left, right = (libc.cast("int *", item)[0] for item in (one, other))
        return int(left) - int(right)

    libc.sort(numbers, 3, 4, compare)
    assert list(numbers) == [1, 2, 3]


def test_the_number_of_arguments(libc: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"^1 argument given, but it takes 0"):
        libc.abort(1)
    with pytest.raises(MetaFFIError, match=r"^2 arguments given, but it takes 1"):
        libc.abs(1, 2)


def test_errno(libc: metaffi.MetaFFIModule, c: metaffi.MetaFFIRuntime) -> None:
    own = c.load_module(metaffi.library_path())
    own.declare("int metaffi_errno(void);")
    assert libc.open("/nowhere/at/all", 0) == -1
    assert own.metaffi_errno() == metaffi.errno() == libc.ENOENT
    own.declare("void metaffi_set_errno(int);")
    own.metaffi_set_errno(libc.ERANGE)
    assert metaffi.errno() == libc.ERANGE
