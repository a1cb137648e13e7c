"""The JDK's own classes by name: items, numbers, arrays, and failures that come out of callbacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from java import jvm
from support import info

import metaffi

ANY = [info("any")], [info("any")]


@pytest.fixture(scope="module")
def jdk_alone() -> Any:
    return jvm().load_module("")


def test_keys_are_found_whatever_their_width(jdk_alone: Any) -> None:
    entries = jdk_alone.java.util.HashMap()
    for key, value in (5, "a"), (2**40, "b"), (5, "c"):
        entries[key] = value
    assert len(entries) == 2
    assert entries[5] == "c"
    assert 5 in entries and 2**40 in entries and 6 not in entries
    assert 5 in jdk_alone.java.util.ArrayList([2**40, 5])


def test_decimals_are_numbers(jdk_alone: Any) -> None:
    decimal = jdk_alone.java.math.BigDecimal
    assert float(decimal("1.5")) == 1.5
    assert int(decimal("3")) == 3
    assert float(decimal("0.1")) == 0.1


def test_sequences_and_bytes_become_arrays(jdk_alone: Any) -> None:
    assert jdk_alone.java.util.stream.IntStream.of([1, 2, 3]).sum() == 6
    assert str(jdk_alone.java.math.BigInteger(b"\x01\xff")) == "511"
    assert jdk_alone.java.util.Arrays.deepToString([[1], [2]]) == "[[1], [2]]"


def test_a_checked_exception_comes_out_of_a_callback_as_itself(
    jdk_alone: Any, tmp_path: Path
) -> None:
    files = jdk_alone.java.nio.file.Files
    missing = jdk_alone.java.nio.file.Path.of(str(tmp_path / "missing"))
    with pytest.raises(metaffi.MetaFFIError, match="missing") as raised:
        jdk_alone.java.util.Optional.of(1).map(lambda _: files.readString(missing))
    assert "NoSuchFileException" in str(raised.value) + repr(raised.value.__dict__)


CLASSES = """
public class Sized {
    public int size = 3;
    public Sized next;
    public int size() { return 4; }
    public int size(int more) { return 4 + more; }
    protected Sized(int size, String name) {}
    public Sized() {}
    public static int sizeOf(Sized one) { return one.size; }
    public static Runnable nothing = new Runnable() { public void run() {} };
    public static abstract class Shape { public Shape() {} }
    public static class Closed { protected Closed(String name) {} private Closed() {} }
}
"""


@pytest.fixture(scope="module")
def sized() -> Any:
    module = jvm().load_module("")
    module.run(CLASSES)
    return module


def test_a_function_that_several_take_is_given_by_the_name_with_types(jdk_alone: Any) -> None:
    pool = jdk_alone.java.util.concurrent.Executors.newSingleThreadExecutor()
    way = (
        "class=java.util.concurrent.ExecutorService,callable=submit(java.util.concurrent.Callable)"
    )
    # What gives something is meant before what does not.
    assert pool.submit(lambda: 6 * 7).get() == 42
    assert getattr(pool, "submit(Runnable)")(lambda: 6 * 7).get() is None
    with pytest.raises(metaffi.MetaFFIError) as raised:
        jdk_alone.java.security.AccessController.doPrivileged(lambda: 6 * 7)
    assert str(raised.value) == (
        "doPrivileged(python3 function) may be more than one of "
        "doPrivileged(java.security.PrivilegedAction), "
        "doPrivileged(java.security.PrivilegedExceptionAction); say which by the name, as in "
        'getattr(of, "doPrivileged(java.security.PrivilegedExceptionAction)")(...), or load '
        "class=java.security.AccessController,"
        "callable=doPrivileged(java.security.PrivilegedExceptionAction)"
    )
    assert getattr(pool, "submit(java.util.concurrent.Callable)")(lambda: 6 * 7).get() == 42
    assert getattr(pool, "submit(Callable)")(lambda: 6 * 7).get() == 42
    assert jdk_alone.load_entity(f"{way},instance_required")(pool, lambda: 6 * 7).get() == 42
    with pytest.raises(AttributeError, match="submit"):
        getattr(pool, "submit(int)")
    pool.shutdown()


def test_what_is_given_is_named_as_its_language_has_it(jdk_alone: Any) -> None:
    for given, named in [([1], "list"), ({}, "dict"), (print, "builtin_function_or_method")]:
        with pytest.raises(
            metaffi.MetaFFIError, match=rf"^parseInt\(python3 {named}\) is none of "
        ):
            jdk_alone.Integer.parseInt(given)
    with pytest.raises(metaffi.MetaFFIError, match=r"^argument 0: callable does not become double"):
        jdk_alone.load_entity("class=java.lang.Math,callable=sqrt", *ANY)(print)


def test_a_field_comes_before_the_method_of_its_name(sized: Any) -> None:
    one = sized.Sized()
    assert one.size == 3
    one.size = 5
    assert one.size == 5
    # Both are reached: a method by its name with types, too.
    assert getattr(one, "size()")() == 4
    assert getattr(one, "size(int)")(1) == 5


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Sized.Shape", r"Sized\$Shape is abstract: make an object of a class that extends it"),
        (
            "Sized.Closed",
            r"it has private Closed\(\), protected Closed\(java.lang.String\)$",
        ),
        (
            "java.util.List",
            "java.util.List is an interface: make an object of a class that implements",
        ),
        ("Math", r"java.lang.Math has no public constructor; it has private Math\(\)"),
    ],
)
def test_a_class_that_makes_no_objects_says_why(sized: Any, name: str, message: str) -> None:
    found: Any = sized
    for part in name.split("."):
        found = getattr(found, part)
    with pytest.raises(metaffi.MetaFFIError, match=message):
        found()


def test_a_class_of_another_module_is_another(sized: Any) -> None:
    other = jvm().load_module("")
    other.run(CLASSES)
    one = sized.Sized()
    why = "Sized of one module is not Sized of another module: load what uses it in one$"
    size_of = other.load_entity("class=Sized,callable=sizeOf")
    size = other.load_entity("class=Sized,callable=size(),instance_required")
    for use in other.Sized.sizeOf, size_of, size:
        with pytest.raises(metaffi.MetaFFIError, match=why):
            use(one)
    holder = other.Sized()
    with pytest.raises(metaffi.MetaFFIError, match=why):
        holder.next = one


def test_what_has_no_name_is_not_proposed(sized: Any) -> None:
    with pytest.raises(AttributeError, match=r'did you mean "Sized"\?'):
        assert sized.Size
    with pytest.raises(AttributeError, match=r"has no class or package W($|[^$]*$)") as raised:
        assert sized.W
    assert '"1"' not in str(raised.value)


def test_what_is_not_found_says_where_it_is(jdk_alone: Any) -> None:
    with pytest.raises(AttributeError, match=r"there is java\.util\.ArrayList$"):
        assert jdk_alone.ArrayList
    with pytest.raises(AttributeError, match=r"there is java\.awt\.List, java\.util\.List$"):
        assert jdk_alone.List
    with pytest.raises(AttributeError, match=r"no class or package Nowhere$"):
        assert jdk_alone.Nowhere
    with pytest.raises(metaffi.MetaFFIError, match=r"no class ArrayList; there is java\.util"):
        jdk_alone.load_entity("class=ArrayList,callable=<init>()")
    of_objects = r"toUpperCase of java\.lang\.String is called on an object, and not on the class"
    with pytest.raises(AttributeError, match=of_objects):
        assert jdk_alone.String.toUpperCase


def test_any_number_of_arguments_is_an_array_or_declared(jdk_alone: Any) -> None:
    method = "class=java.nio.file.Path,callable=of"
    path = jdk_alone.load_entity(f"{method}(String,String...)")
    assert str(path("a", ["b", "c"])) == "a/b/c"
    text = metaffi.metaffi_type_info(metaffi.MetaFFITypes.metaffi_string8_type)
    path = jdk_alone.load_entity(method, [text, text, text])
    assert str(path("a", "b", "c")) == "a/b/c"
    assert str(jdk_alone.java.nio.file.Path.of("a", "b", "c")) == "a/b/c"
