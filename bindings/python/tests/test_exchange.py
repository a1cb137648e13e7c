"""Arrays that show no buffer: those that are handed over by DLPack's protocol or Arrow's."""

from __future__ import annotations

from typing import Any

import pytest

import metaffi
from metaffi import MetaFFIError

DECLARATIONS = """
    void copy_doubles(void *to, const double *from, size_t size) __asm__("memcpy");
    void copy_ints(void *to, const int *from, size_t size) __asm__("memcpy");
    void copy_rows(void *to, const double (*from)[2], size_t size) __asm__("memcpy");
    void copy_anything(void *to, const void *from, size_t size) __asm__("memcpy");
    void fill(double *at, int byte, size_t size) __asm__("memset");
"""
CUDA = 2


class Tensor:
    """What has nothing but DLPack's protocol."""

    def __init__(self, array: Any, device: int = 1, versions: bool = True) -> None:
        self.array, self.device, self.versions = array, device, versions

    def __dlpack_device__(self) -> tuple[int, int]:
        return (self.device, 0)

    def __dlpack__(self, **options: Any) -> object:
        if options and not self.versions:
            raise TypeError("no options")
        return self.array.__dlpack__(**options)


@pytest.fixture(scope="module")
def libc(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    module = c.load_module("string.h")
    module.declare(DECLARATIONS)
    return module


def copied(libc: metaffi.MetaFFIModule, name: str, given: object, size: int) -> bytes:
    to = bytearray(size)
    libc.load_entity(f"callable=copy_{name}")(to, given, size)
    return bytes(to)


@pytest.mark.parametrize("versions", [True, False])
def test_a_tensor_is_read_and_written_where_it_is(
    libc: metaffi.MetaFFIModule, versions: bool
) -> None:
    np = pytest.importorskip("numpy")
    array = np.array([[1.5, 2.0], [3.0, 4.0]])
    tensor = Tensor(array, versions=versions)
    assert copied(libc, "doubles", tensor, 32) == array.tobytes()
    assert copied(libc, "rows", tensor, 32) == array.tobytes()
    last = Tensor(array[1:], versions=versions)
    assert copied(libc, "doubles", last, 16) == array[1:].tobytes()
    libc.fill(tensor, 0, 24)
    assert array.tolist() == [[0, 0], [0, 4]]
    assert copied(libc, "doubles", Tensor(np.zeros(0), versions=versions), 0) == b""


def test_a_tensor_that_is_read_only_is_not_written(libc: metaffi.MetaFFIModule) -> None:
    np = pytest.importorskip("numpy")
    array = np.ones(2)
    array.flags.writeable = False
    try:
        array.__dlpack__(max_version=(1, 0))
    except TypeError:
        pytest.skip("this numpy hands over no read-only array")
    libc.fill(Tensor(array), 0, 16)
    assert array.tolist() == [1, 1]


def test_a_tensor_that_c_does_not_read_is_refused(libc: metaffi.MetaFFIModule) -> None:
    np = pytest.importorskip("numpy")
    wanted = r"argument 1 \(from\): .*Tensor.* cannot be given for const double \*: "
    floats = Tensor(np.ones(2, np.float32))
    for given, why in (
        (floats, "elements of float64"),
        (Tensor(np.ones(4)[::2]), "one after the other"),
        (Tensor(np.ones(2), device=CUDA), "copy it to the CPU"),
        (Tensor(object()), "__dlpack__"),
    ):
        with pytest.raises(MetaFFIError, match=wanted + f".*{why}"):
            copied(libc, "doubles", given, 8)
    assert copied(libc, "anything", floats, 8) == np.ones(2, np.float32).tobytes()


def test_an_array_of_arrow_is_read_where_it_is(libc: metaffi.MetaFFIModule) -> None:
    pa = pytest.importorskip("pyarrow")
    doubles = pa.array([1.5, 2.0, 3.0])
    raw = doubles.buffers()[1].to_pybytes()[:24]
    assert copied(libc, "doubles", doubles, 24) == raw
    assert copied(libc, "doubles", doubles[1:], 16) == raw[8:]
    assert copied(libc, "doubles", pa.array([], pa.float64()), 0) == b""
    libc.fill(doubles, 0, 24)
    assert doubles.to_pylist() == [1.5, 2.0, 3.0]
    some = pa.array([None, 4.0, 5.0])
    assert copied(libc, "doubles", some[1:], 8) == copied(libc, "doubles", pa.array([4.0]), 8)


def test_an_array_of_arrow_that_c_does_not_read_is_refused(libc: metaffi.MetaFFIModule) -> None:
    pa = pytest.importorskip("pyarrow")
    wanted = r"argument 1 \(from\): pyarrow.* cannot be given for const int \*: "
    for given, why in (
        (pa.array([1, 2], pa.int64()), "elements of int32"),
        (pa.array([1, None], pa.int32()), "nulls"),
        (pa.array([True]), "no numbers"),
        (pa.array(["text"]), "no numbers"),
        (pa.array([1, 2], pa.int32()).dictionary_encode(), "no numbers"),
    ):
        with pytest.raises(MetaFFIError, match=wanted + f".*{why}"):
            copied(libc, "ints", given, 4)
