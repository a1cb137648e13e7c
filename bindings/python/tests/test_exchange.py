"""Arrays that show no buffer: those that are handed over by DLPack's protocol or Arrow's."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest
from support import infos

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
        (pa.array([1, 2], pa.int64()), r"\.cast\(…\) to int32"),
        (pa.array([1, None], pa.int32()), r"nulls \(1, the first at \[1\]\).*fill_null"),
        (pa.array([True]), "no numbers"),
        (pa.array([1], pa.date32()), "dates or times: cast"),
        (pa.record_batch({"a": [1]}), "one of its columns"),
        (pa.array(["text"]), "no numbers"),
        (pa.array([1, 2], pa.int32()).dictionary_encode(), "no numbers"),
    ):
        with pytest.raises(MetaFFIError, match=wanted + f".*{why}"):
            copied(libc, "ints", given, 4)


def test_a_column_that_arrow_streams_is_read_where_it_is(libc: metaffi.MetaFFIModule) -> None:
    pa = pytest.importorskip("pyarrow")
    doubles = pa.array([1.5, 2.0, 3.0])
    raw = doubles.buffers()[1].to_pybytes()[:24]
    nothing = pa.array([], pa.float64())
    before = pa.total_allocated_bytes()
    for given, expected in (
        (pa.chunked_array([doubles]), raw),
        (pa.chunked_array([doubles[1:]]), raw[8:]),
        (pa.chunked_array([nothing, doubles[:2], nothing]), raw[:16]),
        (pa.chunked_array([nothing, nothing]), b""),
        (pa.chunked_array([], pa.float64()), b""),
        (pa.table({"a": doubles})["a"], raw),
    ):
        assert copied(libc, "doubles", given, len(expected)) == expected
    libc.fill(pa.chunked_array([doubles]), 0, 24)
    assert doubles.to_pylist() == [1.5, 2.0, 3.0]
    assert copied(libc, "doubles", pa.chunked_array([pa.array([4.0] * 1000)]), 8) == copied(
        libc, "doubles", pa.array([4.0]), 8
    )
    del given
    assert pa.total_allocated_bytes() == before


def test_a_column_that_lies_in_chunks_or_has_gaps_is_refused(libc: metaffi.MetaFFIModule) -> None:
    pa = pytest.importorskip("pyarrow")
    for given, why in (
        (pa.chunked_array([[1.5], [2.5]]), r"several chunks: give \.combine_chunks\(\)"),
        (pa.chunked_array([[1.5, None, None]]), r"nulls \(2, the first at \[1\]\)"),
        (pa.chunked_array([["text"]]), "no numbers"),
        (pa.table({"a": [1.5]}), "a table: give one of its columns"),
    ):
        with pytest.raises(MetaFFIError, match=rf"argument 1 \(from\): pyarrow.*{why}"):
            copied(libc, "doubles", given, 8)
    assert len(copied(libc, "doubles", pa.chunked_array([[1.5], [2.5]]).combine_chunks(), 16)) == 16


class FailingStream:
    """What has a schema of doubles, and then fails."""

    Function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p))
    Text = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
    End = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

    class Fields(ctypes.Structure):
        _fields_ = [(name, ctypes.c_void_p) for name in ("schema", "next", "error", "end", "own")]

    def __init__(self) -> None:
        self.text = ctypes.create_string_buffer(b"the disk is gone")
        self.kept = (
            self.Function(self.schema),
            self.Function(lambda stream, array: 5),
            self.Text(lambda stream: ctypes.addressof(self.text)),
            self.End(lambda released: None),
        )
        addresses = [ctypes.cast(function, ctypes.c_void_p).value for function in self.kept]
        self.fields = self.Fields(*addresses)

    def schema(self, stream: int, schema: Any) -> int:
        schema[0] = b"g"
        schema[7] = ctypes.cast(self.kept[3], ctypes.c_void_p).value
        return 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        new = ctypes.pythonapi.PyCapsule_New
        new.argtypes, new.restype = (
            [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
            ctypes.py_object,
        )
        return new(ctypes.addressof(self.fields), b"arrow_array_stream", None)


def test_a_stream_that_fails_says_why(libc: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 1.*stream fails: the disk is gone"):
        copied(libc, "doubles", FailingStream(), 8)


def test_a_series_of_polars_is_read_where_it_is(libc: metaffi.MetaFFIModule) -> None:
    pl = pytest.importorskip("polars")
    assert copied(libc, "doubles", pl.Series([1.5]), 8) == bytes(
        memoryview(pl.Series([1.5]).to_numpy())
    )
    both = pl.concat([pl.Series([1.5]), pl.Series([2.5])], rechunk=False)
    with pytest.raises(MetaFFIError, match=r"several chunks: give \.rechunk\(\)"):
        copied(libc, "doubles", both, 16)
    assert copied(libc, "doubles", both.rechunk(), 16)[:8] == copied(libc, "doubles", both[:1], 8)
    with pytest.raises(MetaFFIError, match="a table"):
        copied(libc, "doubles", pl.DataFrame({"a": [1.5]}), 8)


@pytest.fixture(scope="module")
def total(python3: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIEntity:
    doubles, double = infos("float64_array", "float64")
    return python3.load_module("builtins").load_entity("callable=sum", [doubles], [double])


def test_an_array_that_is_declared_takes_what_is_handed_over(total: metaffi.MetaFFIEntity) -> None:
    np = pytest.importorskip("numpy")
    assert total(Tensor(np.array([1.5, 2.5]))) == 4
    assert total(Tensor(np.array([1, 2]))) == 3
    assert total(Tensor(np.ones(4)[::2])) == 2
    pa = pytest.importorskip("pyarrow")
    for given in ([1.5, 2.5], [1, 3]):
        assert total(pa.array(given)) == 4
        assert total(pa.chunked_array([given])) == 4
        assert total(pa.chunked_array([given[:1], given[1:]])) == 4
    with pytest.raises(MetaFFIError, match=r"argument 0 \(iterable\)\[1\]: None cannot be given"):
        total(pa.array([1.5, None]))
    pl = pytest.importorskip("polars")
    assert total(pl.Series([1.5, 2.5])) == 4
