"""numpy's arrays: in without a copy."""

from __future__ import annotations

import ctypes

import pytest
from support import echo, infos

import metaffi

numpy = pytest.importorskip("numpy")


@pytest.mark.parametrize(
    "name", ["int16", "int32", "int64", "uint16", "uint64", "float32", "float64"]
)
def test_arrays_of_numbers_go_in(python_guest: metaffi.MetaFFIModule, name: str) -> None:
    cube = numpy.arange(24, dtype=name).reshape(2, 3, 4)
    entity = echo(python_guest, f"{name}_array", dims=3)
    assert entity(cube) == cube.tolist()
    assert entity(cube.transpose()) == cube.transpose().tolist()
    assert echo(python_guest, f"{name}_array", dims=1)(cube[0, 0, ::2]) == [0, 2]


def test_bytes_come_back_of_uint8(python_guest: metaffi.MetaFFIModule) -> None:
    pixels = numpy.array([1, 2, 255], dtype="uint8")
    assert echo(python_guest, "uint8_array", dims=1)(pixels) == b"\1\2\377"


def test_c_writes_into_the_array(guest: metaffi.MetaFFIModule) -> None:
    numbers = numpy.ones(1000)
    for scale in (
        guest.load_entity("callable=scale_doubles"),
        guest.load_entity("callable=scale_doubles", infos("float64_array", "size", "float64"), []),
    ):
        scale(numbers, numbers.size, 3.0)
    assert numbers.tolist() == [9.0] * 1000


def test_numbers_of_numpy_are_numbers(guest: metaffi.MetaFFIModule) -> None:
    assert guest.load_entity("callable=add")(numpy.int64(40), numpy.int8(2)) == 42
    assert guest.load_entity("callable=multiply")(numpy.float64(1.5), numpy.float32(2)) == 3.0
    assert guest.load_entity("callable=negate")(numpy.bool_(False)) is True
    assert guest.load_entity("callable=negate")(numpy.int8(1)) is False
    assert guest.load_entity("callable=echo_int16")(numpy.bool_(True)) == 1


def test_the_reference_count_of_an_array_stays(guest: metaffi.MetaFFIModule) -> None:
    import sys

    numbers = numpy.ones(10)
    before = sys.getrefcount(numbers)
    total = guest.load_entity("callable=sum_doubles")
    for _ in range(100):
        assert total(numbers, 10) == 10.0
    assert sys.getrefcount(numbers) == before
    numbers.resize(20, refcheck=True)


def test_numbers_that_python_has_none_for_keep_every_bit(c: metaffi.MetaFFIRuntime) -> None:
    if numpy.finfo(numpy.longdouble).bits < 80:
        pytest.skip("long double is double here")
    module = c.load_module("math.h;string.h;libm.so.6")
    module.declare("""
        long double _Complex conjl(long double _Complex);
        double _Complex conj(double _Complex);
        void copy_long(void *to, const long double *from, size_t size) __asm__("memcpy");
        void copy_complex(void *to, const long double _Complex *, size_t size) __asm__("memcpy");
    """)
    third = numpy.longdouble(1) / 3
    assert bytes(module.fabsl(-third))[:10] == third.tobytes()[:10]
    assert bytes(module.fabsl(ctypes.c_longdouble(-0.5))) == bytes(module.new("long double", 0.5))
    assert bytes(module.new("long double", third))[:10] == third.tobytes()[:10]
    both = numpy.clongdouble(third + 1j * third)
    conjugate = bytes(module.conjl(both))
    assert conjugate[:10] == third.tobytes()[:10] and conjugate[16:26] == (-third).tobytes()[:10]
    assert complex(module.conj(numpy.complex64(1 + 2j))) == 1 - 2j
    copy = bytearray(32)
    module.copy_long(copy, [third, 1], 32)
    assert copy[:10] == third.tobytes()[:10]
    module.copy_long(copy, numpy.array([third, third]), 32)
    assert copy[16:26] == third.tobytes()[:10]
    module.copy_complex(copy, numpy.array([both]), 32)
    assert copy[:10] == copy[16:26] == third.tobytes()[:10]


def test_a_number_that_is_larger_than_a_double_is_no_double(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("math.h;libm.so.6")
    module.declare(
        'double _Complex conj(double _Complex); void take(const _Float128 *) __asm__("abs");'
    )
    third = numpy.longdouble(1) / 3
    with pytest.raises(
        metaffi.MetaFFIError, match=r"longdouble cannot be given for double: .*float\(…\)"
    ):
        module.fabs(third)
    with pytest.raises(
        metaffi.MetaFFIError, match="clongdouble cannot be given for _Complex double"
    ):
        module.conj(numpy.clongdouble(third))
    with pytest.raises(metaffi.MetaFFIError, match="cannot be given for const _Float128"):
        module.take(numpy.array([third]))


def test_dates_are_given_as_their_numbers(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("string.h;stdlib.h")
    module.declare('void copy(void *to, const int64_t *from, size_t size) __asm__("memcpy");')
    days, copy = numpy.array(["2026-01-01"], "M8[D]"), bytearray(8)
    with pytest.raises(metaffi.MetaFFIError, match=r"argument 1 \(from\): .*\.view\('i8'\)"):
        module.copy(copy, days, 8)
    module.copy(copy, days.view("i8"), 8)
    assert copy == days.tobytes()
    for name, advice in (("memcpy", r"numpy.array\(\[…\]\).view\('i8'\)"), ("copy", "view")):
        for one in (days[0], days[0] - days[0]):
            with pytest.raises(
                metaffi.MetaFFIError, match=rf"argument 1 .*cannot be given for .*{advice}"
            ):
                getattr(module, name)(copy, one, 8)
    with pytest.raises(metaffi.MetaFFIError, match=r"give its number: \.astype\('i8'\)"):
        module.labs(days[0])
    assert module.labs(days[0].astype("i8")) == 20454
