"""What `help`, `inspect` and `pydoc` show of objects of other runtimes, of entities and of modules."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any

import pytest
from hosting import hosted

import metaffi


def page(thing: Any) -> str:
    return pydoc.plain(pydoc.render_doc(thing))


class Box:
    """A box.

    With room.
    """

    def __init__(self) -> None:
        self.number = 3
        self.read = 0

    def add(self, one: int, two: int = 2) -> int:
        return one + two

    @property
    def half(self) -> float:
        self.read += 1
        return 0.5

    def __call__(self, one: int) -> int:
        return one


def test_help_of_an_object_of_a_host() -> None:
    box = Box()
    text = page(hosted(box))
    assert box.read == 0
    assert "Hosted of runtime host" in text
    assert "    A box.\n" in text and "    With room.\n" in text
    assert re.search(r"Can: .*read_attributes.*call", text, re.DOTALL)
    for name, kind in (("add", "method"), ("number", "attribute"), ("half", "property")):
        assert re.search(rf"^ +{name} +{kind}$", text, re.MULTILINE)
    assert "Method resolution order" not in text


def test_help_says_where_something_is_written() -> None:
    made = hosted(page)
    line = page.__code__.co_firstlineno
    assert metaffi.source(made) == metaffi.source(page) == (__file__, line)
    assert f"test_help.py, line {line}" in re.sub(r"\s+", " ", page_of(made)).replace("- ", "-")
    assert metaffi.source(hosted(3.5)) is None
    assert metaffi.source(7) is None


def page_of(thing: Any) -> str:
    return str(thing.__doc__)


def test_help_of_what_is_released_is_that_of_its_type() -> None:
    made = hosted(Box())
    kind = type(made)
    assert kind.__doc__ == "An object of another runtime, which can here what it can there."
    made.release()
    assert made.__doc__ == kind.__doc__
    assert "MetaFFIHandle" in page(made)


def test_help_of_data_of_c(data: metaffi.MetaFFIModule) -> None:
    shape = data.new("struct shape")
    text = page(shape)
    assert "struct shape of runtime c" in text
    for name, kind in (
        ("corners", "struct point [2]"),
        ("center", "struct point *"),
        ("id", "const int"),
        ("number", "int"),
    ):
        assert re.search(rf"^ +{name} +{re.escape(kind)}$", text, re.MULTILINE), (name, text)
    assert re.search(r"^ +low +unsigned int : 3$", page(shape.corners[0]), re.MULTILINE)
    assert "int * of runtime c" in page(data.new("int *"))
    shape.release()
    assert shape.__doc__ == type(shape).__doc__ == "Data of C: a view of memory, or a pointer."


def test_help_of_modules(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, c_path: str
) -> None:
    text = page(guest)
    assert f"Module {c_path!r} of runtime c" in text
    assert re.search(r"^ +GUEST_LIMIT = 4096$", text, re.MULTILINE)
    assert re.search(r"^ +int64_t add\(int64_t, int64_t\)$", text, re.MULTILINE)
    variables = text.partition("Variables:")[2]
    assert re.search(r"^ +int guest_counter$", variables, re.MULTILINE)
    assert "def greet(name: 'str', greeting: 'str' = 'Hello'" in page(python_guest)
    assert str(metaffi.MetaFFIModule.__doc__).startswith("A module of a runtime.")
    absent = metaffi.MetaFFIRuntime("c").load_module("libabsent.so")
    assert absent.__doc__ == metaffi.MetaFFIModule.__doc__
    assert "describe(" in page(metaffi.MetaFFIModule)
    assert "Call code of any language" in page(metaffi)
    assert "entities of" in page(guest.entities) or "Entities" in page(guest.entities)


def test_signatures_of_functions_of_c(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("string.h;stdio.h")
    module.declare("int speak(int class, int); int keyword(int from, int to);")
    signature = inspect.signature(module.strchr)
    assert [(one.annotation, one.kind) for one in signature.parameters.values()] == [
        ("const char *", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ("int", inspect.Parameter.POSITIONAL_OR_KEYWORD),
    ]
    assert signature.return_annotation == "char *"
    printf = inspect.signature(module.printf)
    assert [one.kind.name for one in printf.parameters.values()][1:] == ["VAR_POSITIONAL"]
    assert metaffi.MetaFFIEntity.__doc__ == (
        "A function, method, variable or constant of another runtime."
    )


def test_signatures_of_names_that_python_has_words_for(
    c: metaffi.MetaFFIRuntime, library: Any
) -> None:
    module = c.load_module(str(library))
    module.declare("int64_t add(int64_t from, int64_t to);")
    signature = inspect.signature(module.add)
    assert str(signature) == "(arg0: 'int64_t', to: 'int64_t', /) -> 'int64_t'"


def test_signatures_of_what_python_declares(python_guest: metaffi.MetaFFIModule) -> None:
    assert str(inspect.signature(python_guest.nothing)) == "() -> None"
    three = inspect.signature(python_guest.entities["callable=pair"])
    assert three.return_annotation == ("int64", "string8")
    wrapped = metaffi.make_metaffi_callable(lambda number: number)
    assert list(inspect.signature(wrapped).parameters) == ["number"]
    assert str(inspect.signature(python_guest.greet)) == (
        "(name: 'string8', greeting: 'string8' = 'Hello', mark: 'string8' = '!') -> 'string8'"
    )
    assert str(inspect.signature(python_guest.keyword_only)) == (
        "(base: 'int64', *, factor: 'int' = 2) -> 'int64'"
    )


def test_entities_of_python_are_written_where_what_they_call_is(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    made = python_guest.load_entity("callable=greet")
    greet = made.__wrapped__
    line = greet.__code__.co_firstlineno
    assert metaffi.source(made) == (greet.__code__.co_filename, line)
    assert inspect.getsource(made).startswith("def greet(")
    assert inspect.unwrap(made) is greet
    add = python_guest.load_entity("callable=Box.add,instance_required")
    assert add.__wrapped__.__qualname__ == "Box.add"
    assert (metaffi.source(add) or ("", 0))[1] == add.__wrapped__.__code__.co_firstlineno
    looked_up = python_guest.load_entity("callable=add,instance_required")
    given = [metaffi.metaffi_type_info(metaffi.MetaFFITypes.metaffi_string8_type)]
    renamed = python_guest.load_entity("callable=greet", given, given)
    assert str(inspect.signature(renamed)) == (
        "(name: 'string8', *, greeting: 'str' = 'Hello', mark: 'str' = '!') -> 'string8'"
    )
    for other in (looked_up, guest.load_entity("callable=add")):
        assert not hasattr(other, "__wrapped__")
        assert metaffi.source(other) is None
        assert inspect.signature(other)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("(one, two=2)", "(one, two=2)"),
        ("(a, /, b: int = -1, *c, d='x', e, **f) -> str", None),
        ("(a=list())", "(a=Ellipsis)"),
        ("(a, a)", "(*args, **kwargs)"),
        ("what?", "(*args, **kwargs)"),
        (None, "(*args, **kwargs)"),
    ],
)
def test_signatures_that_an_object_of_a_host_tells(told: str | None, shown: str | None) -> None:
    class Called:
        __text_signature__ = told

        def __call__(self) -> None: ...

    made = hosted(Called())
    signature = inspect.signature(made)
    if shown is None:
        assert list(map(str, signature.parameters.values())) == [
            "a", "b: 'int' = -1", "*c", "d='x'", "e", "**f",
        ]  # fmt: skip
        assert signature.return_annotation == "str"
    else:
        assert str(signature).replace("a=...", "a=Ellipsis") == shown
    assert callable(made)
    with pytest.raises(TypeError):
        inspect.signature(hosted(3.5))


def test_inspect_tells_what_objects_are(data: metaffi.MetaFFIModule) -> None:
    for thing in (hosted(Box()), data.new("struct point"), data.new("int *")):
        assert not inspect.isroutine(thing)
        assert not inspect.isclass(thing)
        assert not inspect.ismodule(thing)
        assert callable(thing) == ("call" in metaffi.capabilities(thing))
        assert {"release", "runtime"} <= {name for name, _ in inspect.getmembers(thing)}
        assert dir(thing) == sorted(set(dir(thing)))
    members = dict(inspect.getmembers(hosted(Box())))
    assert members["number"] == 3
    assert members["add"](1) == 3
