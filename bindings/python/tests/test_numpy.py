"""numpy's arrays: in without a copy."""

from __future__ import annotations

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
