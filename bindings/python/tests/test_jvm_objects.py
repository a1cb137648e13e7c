"""Objects, functions and failures between Python and Java."""

from __future__ import annotations

import asyncio
import functools
import gc
import subprocess
import traceback
import weakref
from pathlib import Path
from typing import Any, Callable

import pytest
from java import jdk
from support import GUESTS, infos

import metaffi

SOURCES = Path(__file__).resolve().parents[3] / "src/backend/jvm/java/base/metaffi"

Function = Callable[..., Any]


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Function:
    """The functions of the guest, by their names."""
    home = jdk()
    to = tmp_path_factory.mktemp("classes")
    # What programs see of ours is compiled with it, but loaded from the library.
    sources = [str(path) for path in SOURCES.glob("*.java")]
    compiler = [str(home / "bin/javac"), "-parameters"]
    subprocess.run([*compiler, "-d", str(to / "api"), *sources], check=True)
    guest = ["-cp", str(to / "api"), "-d", str(to / "guest"), str(GUESTS / "Objects.java")]
    subprocess.run([*compiler, *guest], check=True)
    module = metaffi.MetaFFIRuntime("jvm", home=str(home)).load_module(str(to / "guest"))

    @functools.cache
    def load(name: str) -> Any:
        return module.load_entity(f"class=Objects,callable={name}")

    load.module = module  # type: ignore[attr-defined]
    return load


class Point:
    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and self.x == other.x

    def __lt__(self, other: Point) -> bool:
        return self.x < other.x

    def __hash__(self) -> int:
        return hash(self.x)

    def __repr__(self) -> str:
        return f"Point({self.x})"

    def twice(self, number: int) -> int:
        return number * 2

    def text(self, given: str) -> str:
        return f"<{given}>"


class Square:
    def area(self) -> float:
        return 2.5

    def name(self) -> str:
        return "square"


class Closed:
    def __init__(self) -> None:
        self.closed = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.closed = True


def test_an_object_of_python_is_itself_again(java: Function) -> None:
    point = Point(1)
    assert java("echo")(point) is point
    assert java("echo")(java("echo")(point)) is point
    assert java("equal")(point, Point(1))
    assert not java("equal")(point, Point(2))
    assert java("text")(point) == "Point(1)"


def test_an_object_of_java_is_itself_again(java: Function) -> None:
    class Kept:
        pass

    kept = Kept()
    kept.own = java("own")("kept")  # type: ignore[attr-defined]
    assert java("same")(kept.own, java("echo")(kept.own))  # type: ignore[attr-defined]
    members = java("members")
    kept.x = kept.own  # type: ignore[attr-defined]
    kept.twice = lambda number: number  # type: ignore[attr-defined]
    assert members(kept).startswith("Objects$Own: kept 3 4")


@pytest.mark.parametrize(
    "make, interfaces",
    [
        (lambda: Point(1), {"Comparable"}),
        (lambda: {1: 2}.keys(), {"Set"}),
        (lambda: iter([1]), {"Iterable", "Iterator"}),
        (lambda: range(3), {"List"}),
        (lambda: Closed(), {"AutoCloseable"}),
        (lambda: object, set()),
    ],
)
def test_what_an_object_can_do_it_does_by_interfaces(
    java: Function, make: Function, interfaces: set[str]
) -> None:
    found = set(java("interfaces")(make()).split(","))
    assert found >= interfaces | {"ForeignObject"}, found
    assert not found - interfaces - {"ForeignObject", "Comparable", "Set"}, found


def test_containers_of_python_are_containers_of_java(java: Function) -> None:
    assert java("total")(range(4)) == 6
    assert java("joined")({"a": 1, "b": 2}) == "a=1;b=2/2truenull"
    entries = {"a": 1}
    java("put")(entries)
    assert entries == {"new": 5}
    assert java("has")({1, 2}, 2)
    assert java("all")(one for one in (1, "b", None)) == "1 b null "
    closed = Closed()
    java("closed")(closed)
    assert closed.closed


def test_members_are_used_by_name_and_by_interfaces(java: Function) -> None:
    point = Point(1)
    assert java("members")(point).startswith("1 3 8 ")
    assert point.other == 3  # type: ignore[attr-defined]
    assert java("shape")(Square()) == "square of 2.5"
    assert java("hidden")(point) == "<it>!"


def test_functions_are_instances_of_interfaces(java: Function) -> None:
    assert java("binary")(lambda left, right: left + right) == 27
    for _ in range(2):
        assert java("loud")(lambda given: f"<{given}>") == "<it>!"
    assert java("reduce")(lambda left, right: left + right) == 10
    assert java("applied")(lambda number: number * 2, 21) == 42
    assert java("onThreads")(lambda: 5) == "5"
    order = java("sorted")(["b", "a", "c"], lambda one, other: (one > other) - (one < other))
    assert list(order) == ["c", "b", "a"]


class Adder:
    def __call__(self, number: int) -> int:
        return number + 1


class Operator(Adder):
    def applyAsLong(self, number: int) -> int:
        return number + 2


def typed(by: int) -> Function:
    def add(number: int) -> int:
        if number < 0:
            raise ValueError("below zero")
        return number + by

    return metaffi.make_metaffi_callable(add)


def test_what_is_called_is_the_same_instance_again(java: Function) -> None:
    operator = java("operator")
    for given, by in (typed(1), 1), (lambda number: number + 1, 1), (Adder(), 1), (Operator(), 2):
        operator(given, 1)
        again = list(operator(given, 1))
        assert again[0] is given
        assert again[1:] == [True, 1 + by, 1 + 2 * by]
        # As another interface it is another.
        assert not java("isLatest")(given)
        assert list(operator(lambda number: number, 1))[1] is False
    java("forget")()


def test_a_callable_is_let_go_of_and_fails_as_itself(java: Function) -> None:
    with pytest.raises(ValueError, match="below zero"):
        java("operator")(typed(1), -1)

    class Counted(Adder):
        pass

    for made in (lambda of: of, lambda of: metaffi.make_metaffi_callable(of.__call__)):
        counted = Counted()
        gone = weakref.ref(counted)
        assert list(java("operator")(made(counted), 5))[2:] == [6, 7]
        del counted
        java("forget")()
        assert is_collected(java, gone)


def test_functions_of_java_are_called(java: Function) -> None:
    adder = java("adder")(5)
    assert adder(6) == 11
    assert adder.applyAsLong(7) == 12
    module = java.module  # type: ignore[attr-defined]
    made = module.load_entity("class=Objects,callable=adder", infos("int64"), infos("callable"))(5)
    made = made[0] if isinstance(made, tuple) else made
    assert made(6) in (11, (11,))


def test_adapters_for_programs_that_know_them(java: Function) -> None:
    module = java.module  # type: ignore[attr-defined]
    path = "class=metaffi.api.accessor.CallbackAdapters,callable=asInterface"
    types = infos("callable", "string8"), infos("handle")
    made = module.load_entity(path, *types)
    adapted = made(lambda number: number + 1, "java.util.function.LongUnaryOperator")
    adapted = adapted[0] if isinstance(adapted, tuple) else adapted
    assert adapted.applyAsLong(4) == 5
    assert adapted.andThen(adapted).applyAsLong(4) == 6


def fail() -> None:
    try:
        raise KeyError("key")
    except KeyError as failed:
        raise ValueError("wrong") from failed


def test_a_failure_of_python_goes_through_java(java: Function) -> None:
    with pytest.raises(ValueError, match="wrong") as raised:
        java("run")(fail)
    assert isinstance(raised.value.__cause__, KeyError)
    own = ValueError("the very same")

    def fail_with_own() -> None:
        raise own

    with pytest.raises(ValueError) as raised:
        java("run")(fail_with_own)
    assert raised.value is own


def test_java_sees_what_python_failed_with(java: Function) -> None:
    told = java("caught")(fail).split("|")
    assert told[:3] == [
        "metaffi.ForeignException: python3 ValueError: wrong",
        "python3",
        "ValueError",
    ]
    assert told[4] == "metaffi.ForeignException: python3 KeyError: 'key'"
    assert told[5].startswith("python3.fail(")


def test_what_java_throws_says_what_it_is(java: Function) -> None:
    with pytest.raises(metaffi.MetaFFIError, match=r"Objects\$Own: hello") as raised:
        java("raise(java.lang.String)")("hello")
    failure = raised.value
    assert failure.foreign_type == "Objects$Own"
    assert failure.original.code == 7
    assert "Caused by: java.lang.IllegalStateException: first" in (failure.foreign_traceback or "")
    cause = failure.__cause__
    assert isinstance(cause, metaffi.MetaFFIError)
    assert cause.foreign_type == "java.lang.IllegalStateException"
    assert java("same")(cause.original, failure.original.getCause())
    text = "".join(traceback.format_exception(type(failure), failure, failure.__traceback__))
    assert "in Objects.raise" in text
    assert "metaffi.guest" not in text


def test_what_java_throws_passes_through_python_as_itself(java: Function) -> None:
    own = java("own")("mine")
    throw = java("raise(java.lang.Throwable)")
    assert java("passes")(lambda: throw(own), own)
    with pytest.raises(metaffi.MetaFFIError) as raised:
        java("run")(lambda: throw(own))
    assert java("same")(raised.value.original, own)


def test_java_lets_go_of_what_it_was_given(java: Function) -> None:
    point = Point(1)
    gone = weakref.ref(point)
    java("echo")(point)
    del point
    assert is_collected(java, gone)


def is_collected(java: Function, gone: Callable[[], Any]) -> bool:
    collect = java.module.load_entity("class=java.lang.System,callable=gc")  # type: ignore[attr-defined]
    for _ in range(50):
        collect()
        gc.collect()
        if gone() is None:
            return True
    return False


@pytest.fixture(scope="module")
def make(java: Function) -> Function:
    """Makes an object of a class of the JDK."""
    module = java.module  # type: ignore[attr-defined]

    def made(name: str, *arguments: Any) -> Any:
        types = ",".join("java.lang.String" for _ in arguments).replace(",", r"\,")
        return module.load_entity(f"class={name},callable=<init>({types})")(*arguments)

    return made


def test_a_list_of_java_is_a_sequence(make: Function) -> None:
    numbers = make("java.util.ArrayList")
    assert not numbers
    for item in (1, "two", None, 2.5):
        numbers.add(item)
    assert list(numbers) == [1, "two", None, 2.5]
    assert (len(numbers), numbers[0], numbers[-1]) == (4, 1, 2.5)
    assert "two" in numbers
    assert 7 not in numbers
    assert list(numbers[1:3]) == ["two", None]
    assert list(numbers[::-2]) == [2.5, "two"]
    assert list(numbers[7:9]) == []
    numbers[0] = 5
    del numbers[1]
    assert list(numbers) == [5, None, 2.5]
    assert numbers == numbers.clone()
    assert repr(numbers) == "[5, null, 2.5]"
    numbers.append(7)
    numbers.insert(0, "first")
    numbers.extend([8, 9])
    assert list(numbers) == ["first", 5, None, 2.5, 7, 8, 9]
    assert [numbers.pop() for _ in range(3)] == [9, 8, 7]
    assert numbers.pop(0) == "first"
    with pytest.raises(IndexError, match="there is no item 9 of 3"):
        numbers[9]
    with pytest.raises(TypeError, match="not supported between"):
        assert numbers < numbers.clone()


def test_a_map_of_java_is_a_mapping(make: Function) -> None:
    entries = make("java.util.TreeMap")
    entries["b"] = 2
    entries.put("a", 1)
    assert (len(entries), list(entries), entries["b"]) == (2, ["a", "b"], 2)
    assert list(entries.items()) == [("a", 1), ("b", 2)]
    assert "a" in entries
    assert 5 not in entries
    with pytest.raises(KeyError):
        entries["c"]
    del entries["a"]
    assert list(entries.values()) == [2]


def test_members_that_are_not_there_have_close_names(make: Function) -> None:
    entries = make("java.util.HashMap")
    with pytest.raises(AttributeError, match=r'did you mean "containsKey"'):
        entries.containskey  # noqa: B018
    assert {"put", "containsKey", "size"} <= set(dir(entries))


def test_overloads_are_chosen_by_what_is_given(make: Function) -> None:
    text = make("java.lang.StringBuilder", "abc")
    for item in ("x", 5, 2.5, True):
        text.append(item)
    assert str(text) == "abcx52.5true"
    with pytest.raises(metaffi.MetaFFIError, match=r"is none of insert\(") as raised:
        text.insert(1)
    assert "insert(int,java.lang.String)" in str(raised.value)
    with pytest.raises(metaffi.MetaFFIError, match="may be more than one of"):
        text.append(None)


def test_resources_are_closed_and_properties_read(java: Function, make: Function) -> None:
    with make("java.io.StringWriter") as writer:
        writer.write("text")
    assert str(writer) == "text"
    thread = make("java.lang.Thread")
    thread.name = "own name"
    assert thread.name == "own name"
    assert thread.daemon is thread.isDaemon()


def test_futures_are_awaited(java: Function) -> None:
    async def wait(act: Function) -> Any:
        future = java("promise")()
        act(future)
        return await future

    assert asyncio.run(wait(lambda future: future.complete(42))) == 42
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(wait(lambda future: future.cancel(True)))
    own = java("own")("failed")
    with pytest.raises(Exception, match="failed") as raised:
        asyncio.run(wait(lambda future: future.completeExceptionally(own)))
    assert java("same")(raised.value.original, own)  # type: ignore[attr-defined]

    async def give_up() -> bool:
        future = java("promise")()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(future, 0.05)
        return bool(future.isCancelled())

    assert asyncio.run(give_up())


@pytest.mark.parametrize(
    "name, type_name",
    [
        ("overflow", "java.lang.StackOverflowError"),
        ("exhaust", "java.lang.OutOfMemoryError"),
        ("initialise", "java.lang.ExceptionInInitializerError"),
        ("secretive", "Objects$Secretive"),
        ("circular", "java.lang.RuntimeException"),
        ("nothing", "java.lang.NullPointerException"),
    ],
)
def test_every_failure_of_java_is_an_error(java: Function, name: str, type_name: str) -> None:
    with pytest.raises(metaffi.MetaFFIError) as raised:
        java(name)()
    assert raised.value.foreign_type == type_name
    assert java("echo")(1) == 1


def test_callbacks_come_from_threads_of_all_kinds(java: Function) -> None:
    assert java("onVirtualThreads")(lambda: 5) in ("5", "no virtual threads")

    def wrong() -> None:
        raise ValueError("wrong")

    assert java("onThreads")(wrong) == "metaffi.ForeignException: python3 ValueError: wrong"
