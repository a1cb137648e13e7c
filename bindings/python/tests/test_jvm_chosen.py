"""Which overload exceptions, functions and methods are given to, and what an interface takes."""

from __future__ import annotations

from typing import Any

import pytest
from java import compiled, jvm

import metaffi


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> metaffi.MetaFFIModule:
    to = tmp_path_factory.mktemp("chosen")
    return jvm().load_module(str(compiled("Chosen.java", to)))


@pytest.fixture(scope="module")
def chosen(module: Any) -> Any:
    return module.Chosen


def test_an_exception_of_java_is_the_throwable_that_it_stands_for(module: Any, chosen: Any) -> None:
    made = module.java.lang.IllegalStateException("made")
    assert chosen.thrown("a", made) == "Throwable made"
    with pytest.raises(module.java.lang.NumberFormatException) as caught:
        module.java.lang.Integer.parseInt("five")
    assert chosen.thrown("a", caught.value).startswith("Throwable For input string")
    for _ in range(20):
        assert chosen.isThrowable(made)
        assert chosen.kept(made).getMessage() == "made"


def test_an_exception_of_python_stays_one(chosen: Any) -> None:
    error = ValueError("python")
    assert chosen.thrown("a", error) == "Object"
    assert not chosen.isThrowable(error)
    assert chosen.kept(error) is error
    assert not chosen.isThrowable(ValueError)


class Callable:
    def __call__(self) -> str:
        return "it"


@pytest.mark.parametrize("function", [lambda: "it", Callable(), Callable().__call__])
def test_a_function_is_one_where_an_object_may_be_given_too(chosen: Any, function: Any) -> None:
    for _ in range(20):
        assert chosen.called(function) == "Supplier it"
        assert chosen.logged(function) == "Supplier it"
    assert chosen.kept(function) is function
    assert chosen.called([1]) == chosen.called(object()) == chosen.called(int) == "Object"


class Message:
    def text(self) -> str:
        return "own"


@pytest.mark.parametrize("other", [lambda: "it", object(), [1], b"x", 1j, {1}, Callable()])
def test_what_has_no_method_of_an_interface_is_refused(
    module: Any, chosen: Any, other: Any
) -> None:
    message = Message()
    for _ in range(12):
        assert chosen.message(message) == "own"
        assert chosen.message(Message()) == "own"
    with pytest.raises(metaffi.MetaFFIError, match=r"Chosen\$Message.* with parameters, text"):
        chosen.message(other)
    with pytest.raises(metaffi.MetaFFIError, match=r"java\.nio\.file\.Path.* with compareTo, "):
        module.java.nio.file.Files.exists(other, [])


def test_what_has_no_method_of_an_interface_is_refused_by_an_entity(module: Any) -> None:
    message = module.load_entity("class=Chosen,callable=message")
    assert message(Message()) == "own"
    with pytest.raises(metaffi.MetaFFIError, match=r"Chosen\$Message.* with parameters, text"):
        message(object())


def test_a_method_is_an_instance_of_an_interface_with_one(module: Any, chosen: Any) -> None:
    java = module.java
    numbers = java.util.ArrayList(["3", "1", "2"])
    assert list(numbers.stream().map(java.lang.Integer.parseInt).toArray()) == [3, 1, 2]
    copied = java.util.ArrayList()
    numbers.forEach(copied.add)
    assert list(copied) == ["3", "1", "2"]
    assert chosen.called(numbers.size) == chosen.logged(numbers.size) == "Supplier 3"
    assert chosen.shown(numbers.size) == "shown 3"
    assert chosen.applied(java.lang.Integer.parseInt, "7") == 7
    assert chosen.compared(java.lang.Integer.compare) == -1
    with pytest.raises(java.lang.NumberFormatException):
        chosen.applied(java.lang.Integer.parseInt, "x")


def test_a_class_is_its_constructor_where_nothing_else_is_taken(module: Any, chosen: Any) -> None:
    java = module.java
    assert list(chosen.made(java.util.TreeSet)) == []
    assert chosen.applied(java.lang.StringBuilder, "text").length() == 4
    assert chosen.called(java.util.TreeSet) == "Object"
    assert chosen.described(java.util.TreeSet) == "Class"
    collect = java.util.stream.Collectors.toCollection(java.util.TreeSet)
    assert list(java.util.ArrayList([2, 1]).stream().collect(collect)) == [1, 2]


def test_messages_name_a_method_as_one(module: Any, chosen: Any) -> None:
    spelled = r"the method size of java\.util\."
    for give in (chosen.message, module.java.lang.Integer.parseInt, chosen.compared):
        with pytest.raises(metaffi.MetaFFIError, match=spelled) as caught:
            give(module.java.util.ArrayList().size)
        assert "MethodGroup" not in str(caught.value)
