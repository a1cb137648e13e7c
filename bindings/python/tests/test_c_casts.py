"""Casts: data seen as other types, and numbers as C converts them."""

from __future__ import annotations

import gc

import pytest

from metaffi import MetaFFIError, MetaFFIModule


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


def test_a_cast_keeps_what_it_points_into(data: MetaFFIModule) -> None:
    characters = data.cast("char (*)[3]", data.new("char *", "abc"))["*"]
    gc.collect()
    filler = [data.new("char[4]", "xyz") for _ in range(100)]
    assert (str(characters), len(characters), len(filler)) == ("abc", 3, 100)
    with pytest.raises(MetaFFIError, match="outside"):
        data.cast("char (*)[9]", data.new("char *", "abc"))[1]


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
    with pytest.raises(MetaFFIError, match=r"object: str 'text' cannot be given for char \*"):
        data.cast("char *", "text")
    released = data.new("int[3]")
    inside = data.address(released, "[1]")
    released.release()
    for gone in (released, inside):
        with pytest.raises(MetaFFIError, match="released"):
            data.cast("char *", gone)


def test_a_struct_is_no_address(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 3})
    for spelled in ("struct point *", "int *", "void *"):
        with pytest.raises(MetaFFIError, match=r"take that of it \(module.address\)"):
            data.cast(spelled, point)
    assert data.cast("int *", data.address(point))[0] == 3


@pytest.mark.parametrize(
    ("type", "given", "value"),
    [
        ("unsigned char", 300, 44),
        ("unsigned", -1, (1 << 32) - 1),
        ("long", 1 << 64, 0),
        ("int", 5.9, 5),
        ("int", -5.9, -5),
        ("float", 16777217, 16777216.0),
        ("double", 1, 1.0),
        ("_Bool", 5, True),
        ("_Bool", 0.5, True),
        ("char", 65, "A"),
    ],
)
def test_numbers_are_cast_as_c_does(
    data: MetaFFIModule, type: str, given: float, value: object
) -> None:
    assert data.cast(type, given).value == value


def test_what_c_leaves_undefined_is_no_cast(data: MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match="does not fit int"):
        data.cast("int", 1e10)
    with pytest.raises(OverflowError, match="infinity"):
        data.cast("int", float("inf"))
    assert not data.cast("int *", None)
    with pytest.raises(MetaFFIError, match="object: None cannot be given for int"):
        data.cast("int", None)


def test_a_function_is_cast_to_a_function_pointer(data: MetaFFIModule) -> None:
    libc = data.runtime.load_module("stdlib.h")
    compare = libc.cast("__compar_fn_t", lambda one, other: 0)
    assert libc.bsearch(libc.new("int", 1), libc.new("int[1]"), 1, 4, compare)
    with pytest.raises(MetaFFIError, match="give a function"):
        libc.cast("__compar_fn_t", "text")


def test_an_array_is_no_address(data: MetaFFIModule) -> None:
    np = pytest.importorskip("numpy")
    array = np.zeros(3)
    # A pointer to a copy would be a surprise.
    with pytest.raises(MetaFFIError, match="ndarray cannot be given for double"):
        data.cast("double *", array)
    pointer = data.cast("double *", np.uintp(array.ctypes.data))
    pointer[1] = 2.5
    assert array[1] == 2.5
