"""Which overload is meant: as Java's own compiler chooses, by declared types and by what is given."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest
from java import jdk, jvm
from support import info

import metaffi
from metaffi import MetaFFIError, metaffi_type_info


class Argument(NamedTuple):
    """One as Java's source text has it, as it is declared and given then, and as Python gives it."""

    source: str
    declared: metaffi_type_info | None = None
    value: Callable[[Any], Any] = lambda _: None
    make: Callable[[Any], Any] | None = None


def handle(name: str) -> metaffi_type_info:
    return info("handle", name)


def one(java: metaffi.MetaFFIModule) -> Any:
    path = "class=java.lang.Integer,callable=valueOf(int)"
    return java.load_entity(path, [info("int32")], [info("handle")])(1)


# Which overload is called shows in what it says: null is as good as an object for that.
ARGUMENTS = {
    "byte": Argument("(byte) 1", info("int8"), lambda _: 1),
    "short": Argument("(short) 1", info("int16"), lambda _: 1),
    "int": Argument("1", info("int32"), lambda _: 1, lambda _: 1),
    "long": Argument("1L << 40", info("int64"), lambda _: 1, lambda _: 1 << 40),
    "char": Argument("'a'", info("char16"), lambda _: "a"),
    "float": Argument("1f", info("float32"), lambda _: 1.0),
    "double": Argument("1.1", info("float64"), lambda _: 1.1, lambda _: 1.1),
    "boolean": Argument("true", info("bool"), lambda _: True, lambda _: True),
    "String": Argument('"a"', info("string8"), lambda _: "a", lambda _: "a"),
    "Integer": Argument("Integer.valueOf(1)", handle("java.lang.Integer"), one),
    "Object": Argument("new Object()", handle("java.lang.Object"), make=lambda java: java.Object()),
    "null": Argument("null", make=lambda _: None),
    "ArrayList": Argument(
        "new ArrayList<Object>()",
        handle("java.util.ArrayList"),
        make=lambda java: java.java.util.ArrayList(),
    ),
}

# Parameters of methods that all have the same name.
ONE = [
    ["int", "long"],
    ["long", "Integer"],
    ["long", "Object"],
    ["int", "Integer", "Object"],
    ["Integer", "Object"],
    ["Integer", "Number", "Comparable<?>"],
    ["double", "Object"],
    ["float", "double"],
    ["int", "float"],
    ["short", "long"],
    ["byte", "Object"],
    ["char", "int", "Object"],
    ["boolean", "Object"],
    ["Object", "String"],
    ["Object", "String", "Integer"],
    ["CharSequence", "Comparable<?>"],
    ["Object", "CharSequence", "String"],
    ["List<?>", "java.util.RandomAccess"],
    ["List<?>", "java.util.RandomAccess", "Object"],
    ["Collection<?>", "List<?>", "Iterable<?>"],
    ["Object", "Object..."],
    ["int", "int..."],
    ["int, int...", "int..."],
    ["int...", "Object..."],
    ["int...", "long..."],
    ["Integer...", "int..."],
    ["String...", "Object"],
    ["Object...", "String, Object..."],
    ["String, int...", "String..."],
    ["Object, String...", "Object..."],
    ["long", "Integer..."],
    ["<T> T", "int"],
    ["<T extends Comparable<T>> T", "Object"],
    ["<T extends Number> T", "<T> T"],
    ["<T> T...", "Object"],
]

TWO = [
    ["int, Object", "long, long"],
    ["int, long", "long, int"],
    ["int, long", "long, int", "int, int"],
    ["Object, String", "String, Object"],
    ["Object, String", "String, Object", "String, String"],
    # The third is better than the first alone: that settles nothing between it and the second.
    ["List<?>, Object", "Object, List<?>", "ArrayList<?>, Object"],
    ["Object, List<?>", "List<?>, Object", "ArrayList<?>, Object"],
    ["double, Object", "Object, double"],
    ["int, Object...", "int, int..."],
    ["Object...", "int, Object..."],
    ["Object...", "Object, Object...", "Object, Object, Object..."],
    ["int...", "double..."],
]

PAIRS = list(product(["int", "long", "double", "String", "null", "ArrayList"], repeat=2))
CLASSES = {f"One{index}": overloads for index, overloads in enumerate(ONE)}
CLASSES |= {f"Two{index}": overloads for index, overloads in enumerate(TWO)}
CALLS: list[tuple[str, tuple[str, ...]]] = [
    (name, given)
    for name in CLASSES
    for given in [(), *([(one,) for one in ARGUMENTS] if name.startswith("One") else PAIRS)]
]


def method(parameters: str) -> str:
    """One that says what it takes."""
    generic, types = re.findall(r"^(<T>|<T extends .*> (?=T)|)(.*)$", parameters)[0]
    named = ", ".join(f"{one} a{place}" for place, one in enumerate(types.strip().split(", ")))
    return f'public static {generic} String f({named}) {{ return "{parameters}"; }}'


def source(calls: list[str]) -> str:
    """A line for each call, after the first one."""
    lines = [f"static String call{index}() {{ return {one}; }}" for index, one in enumerate(calls)]
    for name, overloads in CLASSES.items():
        lines.append(f"public static class {name} {{ {' '.join(map(method, overloads))} }}")
    every = ", ".join(f"call{index}()" for index in range(len(calls)))
    lines.append(f"public static String[] all() {{ return new String[] {{{every}}}; }}")
    return "\n".join(["import java.util.*; public class Chosen {", *lines, "}"])


class Chosen(NamedTuple):
    module: metaffi.MetaFFIModule
    expected: dict[tuple[str, tuple[str, ...]], str]


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chosen]:
    """What Java's compiler chooses for every call, `ambiguous` or `none`."""
    directory = tmp_path_factory.mktemp("chosen")
    calls = [
        f"{name}.f({', '.join(ARGUMENTS[one].source for one in given)})" for name, given in CALLS
    ]
    file = directory / "Chosen.java"
    javac = [str(jdk() / "bin/javac"), "-nowarn", "-XDrawDiagnostics", "-Xmaxerrs", "9999"]
    javac += ["-d", str(directory), str(file)]
    file.write_text(source(calls))
    said = subprocess.run(javac, capture_output=True, text=True, check=False).stderr
    for line, error in re.findall(
        r"^Chosen.java:(\d+):\d+: compiler.err.([\w.]+)", said, re.MULTILINE
    ):
        calls[int(line) - 2] = '"ambiguous"' if error.startswith("ref.ambiguous") else '"none"'
    file.write_text(source(calls))
    subprocess.run(javac, check=True)
    module = jvm().load_module(str(directory))
    found = module.load_entity("class=Chosen,callable=all")()
    yield Chosen(module, dict(zip(CALLS, found)))


def outcome(call: Callable[[], Any]) -> str:
    """What it says; what Java's rules do not allow may be allowed, which is not said here."""
    try:
        return str(call())
    except MetaFFIError as error:
        return "ambiguous" if re.search("more than one|ambiguous", str(error)) else "none"


def test_the_compiler_chooses_all_kinds(chosen: Chosen) -> None:
    outcomes = list(chosen.expected.values())
    assert outcomes.count("ambiguous") > 20 and outcomes.count("none") > 20
    assert len(set(outcomes)) > 40


def differences(chosen: Chosen, choose: Callable[[str, list[Argument]], str | None]) -> list[Any]:
    differ = []
    for (name, given), expected in chosen.expected.items():
        found = choose(name, [ARGUMENTS[one] for one in given])
        if given == ("char",) and expected in {"float", "double"}:
            # Nothing of metaffi's takes a character for such a number.
            continue
        if expected != "none" and found not in {None, expected}:
            differ.append((CLASSES[name], given, expected, found))
    return differ


def test_declared_types_choose_as_the_compiler_does(chosen: Chosen) -> None:
    def choose(name: str, given: list[Argument]) -> str | None:
        types = [one.declared for one in given if one.declared is not None]
        if len(types) < len(given):
            return None
        path = f"class=Chosen.{name},callable=f"
        values = [one.value(chosen.module) for one in given]
        return outcome(lambda: chosen.module.load_entity(path, types, [info("string8")])(*values))

    found = differences(chosen, choose)
    assert not found, "\n".join(map(str, found))


def test_what_is_given_chooses_as_the_compiler_does(chosen: Chosen) -> None:
    def choose(name: str, given: list[Argument]) -> str | None:
        values = [one.make(chosen.module) for one in given if one.make is not None]
        if len(values) < len(given):
            return None
        return outcome(lambda: getattr(chosen.module.Chosen, name).f(*values))

    found = differences(chosen, choose)
    assert not found, "\n".join(map(str, found))


def test_there_may_be_as_many_parameters_as_java_has() -> None:
    java = jvm().load_module("")
    counts = [99, 101, 126, 127, 130, 200, 253]
    methods = "".join(
        f"public static int f{count}({', '.join(f'int p{i}' for i in range(count))})"
        f" {{ return p0 + p{count - 1}; }}\n"
        for count in counts
    )
    java.run(f"public class Many {{ {methods} }}")
    for count in counts:
        given = range(1, count + 1)
        for _ in range(3):
            assert getattr(java.Many, f"f{count}")(*given) == count + 1
        try:
            entity = java.load_entity(f"class=Many,callable=f{count}")
        except metaffi.MetaFFIError as error:
            assert count > 120 and f"it has {count} parameters" in str(error)
        else:
            assert entity(*given) == count + 1


def test_what_was_chosen_often_is_chosen_by_values_and_by_handles() -> None:
    java = jvm().load_module("")
    java.run(
        """public class Often {
            public static String f(float number) { return "float " + number; }
            public static String f(double number) { return "double " + number; }
            public static String g(double number) { return "double " + number; }
            public static String g(Object object) { return "object " + object; }
        }"""
    )
    text, number = (
        java.load_entity(f"class=java.lang.{name}", [info("int32")], [info("handle")])(7)
        for name in ["String,callable=valueOf(int)", "Integer,callable=valueOf(int)"]
    )
    builder = java.java.lang.StringBuilder()
    for _ in range(10):
        for given in "a", 1, text, number:
            builder.append(given)
    assert str(builder) == "a177" * 10
    odd = (1 << 24) + 1
    for _ in range(10):
        assert java.Often.f(odd) == "double 1.6777217E7" and java.Often.f(5) == "float 5.0"
        assert java.Often.g((1 << 53) + 1) == "object 9007199254740993"
        assert java.Often.g(1 << 40) == "double 1.099511627776E12"
