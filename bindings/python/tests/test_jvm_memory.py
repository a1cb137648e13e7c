"""Memory of Python's that methods of Java are given by name: arrays, and buffers that have it itself."""

from __future__ import annotations

import array
from pathlib import Path
from typing import Any

import pytest
from java import jvm

import metaffi

CLASSES = """
public class Memory {
    public static double sum(double[] of) { return java.util.Arrays.stream(of).sum(); }
    public static double all(double[][] of) { double sum = 0; for (double[] row : of) sum += sum(row); return sum; }
    public static String ints(int[] of) { return java.util.Arrays.toString(of); }
    public static String bytes(byte[] of) { return java.util.Arrays.toString(of); }
    public static String floats(float[] of) { return java.util.Arrays.toString(of); }
    public static String object(Object of) { return of.getClass().getSimpleName(); }
    public static String chosen(Object of) { return "object"; }
    public static String chosen(byte[] of) { return "bytes"; }
    public static String chosen(double[] of) { return "doubles"; }
    public static String chosen(java.util.List<?> of) { return "list"; }
    public static String among(Iterable<?> of, Object... more) { return "items"; }
    public static String among(byte[] of, Object... more) { return "bytes"; }
    public static String among(java.io.DataInput of, Object... more) { return "input"; }
    public static void fill(java.nio.ByteBuffer to) { while (to.hasRemaining()) to.put((byte) 7); }
    public static void twice(java.nio.DoubleBuffer to) { for (int i = 0; i < to.limit(); i++) to.put(i, 2 * to.get(i)); }
    public static int left(java.nio.ByteBuffer of) { return of.remaining(); }
    public static int lefts(java.nio.ByteBuffer... of) { int sum = 0; for (java.nio.ByteBuffer one : of) sum += one.remaining(); return sum; }
    public static int size(java.util.List<Integer> of) { return of.size(); }
    public static java.nio.ByteBuffer same(java.nio.ByteBuffer of) { return of; }
    public static Object next(java.nio.ByteBuffer of) { of.get(); return of; }
    public static java.nio.DoubleBuffer rest(java.nio.DoubleBuffer of) { return of.position(1).slice(); }
    private static final java.nio.ByteBuffer OWN = java.nio.ByteBuffer.allocateDirect(1);
    public static java.nio.ByteBuffer own(java.nio.ByteBuffer of) { return OWN; }
}
"""


@pytest.fixture(scope="module")
def module() -> metaffi.MetaFFIModule:
    loaded = jvm().load_module("")
    loaded.run(CLASSES)
    return loaded


@pytest.fixture(scope="module")
def memory(module: Any) -> Any:
    return module.Memory


def test_buffers_are_arrays_of_their_elements(memory: Any) -> None:
    for given in (array.array("d", [1, 2]), memoryview(array.array("d", [1, 9, 2]))[::2]):
        assert memory.sum(given) == 3
    assert memory.ints(array.array("i", [1, -2])) == "[1, -2]"
    assert memory.ints(array.array("q", [1, -2])) == "[1, -2]"
    for octets in (b"\x01\xff", bytearray(b"\x01\xff"), memoryview(b"\x01\xff")):
        assert memory.bytes(octets) == "[1, -1]"
    with pytest.raises(
        metaffi.MetaFFIError,
        match=r"^ints\(python3 array.array\) .*; argument 1: \[1\]: 4294967296 does not fit int$",
    ):
        memory.ints(array.array("q", [1, 2**32]))


def test_arrays_of_numpy_are_arrays(memory: Any) -> None:
    numpy = pytest.importorskip("numpy")
    numbers = numpy.arange(4.0)
    assert memory.sum(numbers) == 6
    assert memory.sum(numbers[::2]) == 2
    assert memory.sum(numpy.array([1, 2])) == 3
    for rows in (numbers.reshape(2, 2), numbers.reshape(2, 2).T, [numbers, numbers[:0]]):
        assert memory.all(rows) == 6
    assert memory.floats(numpy.array([1.5], dtype="float32")) == "[1.5]"
    assert memory.bytes(numpy.array([200], dtype="uint8")) == "[-56]"
    assert memory.object(numbers) == "double[]"
    assert memory.object(numbers.reshape(2, 2)) == "double[][]"
    assert memory.object(numpy.float64(1)) == "Double"
    assert memory.object(numpy.int32(1)) == "Integer"
    assert memory.object(numpy.bool_(True)) == "Boolean"
    assert memory.chosen(numbers) == "doubles"
    with pytest.raises(metaffi.MetaFFIError, match="is none of"):
        memory.sum(numbers.reshape(2, 2))


def test_bytes_are_bytes_before_all_else(memory: Any, tmp_path: Path) -> None:
    for given in (b"a", bytearray(b"a"), memoryview(b"a")):
        assert memory.chosen(given) == "bytes"
        assert memory.among(given) == "bytes"
        assert memory.object(given) == "byte[]"
    assert memory.chosen([1]) == "list"
    assert memory.chosen(array.array("i", [1])) == "object"
    module = jvm().load_module("")
    module.java.nio.file.Files.write(tmp_path / "file", b"\x00\xff")
    assert (tmp_path / "file").read_bytes() == b"\x00\xff"
    items = module.java.util.ArrayList([b"ab"])
    assert bytes(items[0]) == b"ab"


def test_a_buffer_of_java_has_the_memory_itself(memory: Any) -> None:
    given = bytearray(4)
    memory.fill(given)
    assert given == b"\7\7\7\7"
    # It is lent for the call only: an array that somebody looks at does not grow.
    given.append(1)
    numbers = array.array("d", [1, 2])
    memory.twice(numbers)
    assert numbers.tolist() == [2, 4]
    numbers.append(1)
    assert memory.left(b"abc") == 3
    with pytest.raises(metaffi.MetaFFIError, match="ReadOnlyBufferException"):
        memory.fill(b"abc")
    with pytest.raises(metaffi.MetaFFIError, match=r"does not become java.nio.DoubleBuffer"):
        memory.twice(array.array("i", [1]))


def test_what_was_looked_at_is_not_held(memory: Any) -> None:
    given = bytearray(b"ab")
    memory.among(given)
    memory.object([given])
    with pytest.raises(metaffi.MetaFFIError):
        memory.ints(array.array("q", [2**40]))
    with pytest.raises(metaffi.MetaFFIError):
        memory.sum(given, given)
    given.append(1)


def test_what_was_an_object_is_not_held(module: Any, memory: Any) -> None:
    given = bytearray(b"ab")
    entity = module.load_entity("class=Memory,callable=size")
    for size in (memory.size, entity):
        for _ in range(20):
            assert size(given) == 2
    given.append(1)
    assert memory.lefts(given, bytearray(2)) == 5
    given.append(1)


def test_a_buffer_that_comes_back_has_memory_of_its_own(module: Any, memory: Any) -> None:
    given = bytearray(b"abc")
    same, after, own = memory.same(given), memory.next(given), memory.own(given)
    alike = module.load_entity("class=Memory,callable=same")(given)
    given[:] = b"xyz"
    given.append(1)
    assert [same.get(index) for index in range(3)] == [97, 98, 99]
    assert not same.isReadOnly()
    assert memory.same(b"abc").isReadOnly()
    assert (after.position(), after.limit(), after.get(0), after.get()) == (1, 3, 97, 98)
    assert bytes(alike) == b"abc"
    numbers = array.array("d", [1, 2, 3])
    rest = memory.rest(numbers)
    numbers[1] = 5
    assert (rest.capacity(), rest.get(0), rest.get(1)) == (2, 2, 3)
    own.put(0, 5)
    assert memory.own(given).get(0) == 5


def test_a_segment_that_comes_back_has_memory_of_its_own(module: Any) -> None:
    if module.java.lang.Runtime.version().feature() < 22:
        pytest.skip("Java before 22 has no segments of memory")
    module.run(
        "public class Segments {"
        " public static java.lang.foreign.MemorySegment rest(java.lang.foreign.MemorySegment of) {"
        "  return of.asSlice(1); }"
        " public static byte first(java.lang.foreign.MemorySegment of) {"
        "  return of.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0); }"
        "}"
    )
    given = bytearray(b"abc")
    rest = module.Segments.rest(given)
    given[:] = b"xyz"
    given.append(1)
    assert rest.byteSize() == 2
    assert module.Segments.first(rest) == 98


def test_bytes_are_one_of_any_number_of_arguments(module: Any) -> None:
    assert module.java.lang.String.format("%s", b"ab").startswith("[B@")
    assert module.java.util.Arrays.asList(b"ab").size() == 1
    assert module.java.util.Arrays.asList([1, 2]).size() == 2
    assert module.java.util.Arrays.asList(b"ab", b"c").size() == 2
