"""Objects of hosts in Python: what they do, they do as Python's own."""

from __future__ import annotations

import array
import collections.abc as shapes
import copy
import functools
import gc
import pickle
import re
import weakref
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hosting import hosted, living, module

import metaffi


def test_an_object_is_itself_as_long_as_it_is_there() -> None:
    inner = [1]
    made = hosted(inner)
    assert metaffi.capabilities(made) >= {"sequence", "host_object"}
    assert hosted([made]).pop() is made
    gone = weakref.ref(made)
    before = living()
    del made
    gc.collect()
    assert gone() is None
    assert living() == before - 1


def test_names_of_arguments_that_are_made_up_anew() -> None:
    made = hosted(lambda *given, **named: (len(given), named))
    for index in range(3000):
        name = f"made up {index}"
        assert made(1, **{name: index}) == (1, {name: index})
    assert made(kept=1, **{name: 2}) == (0, {"kept": 1, name: 2})


def test_more_arguments_than_fit_on_the_stack() -> None:
    made = hosted(lambda *given, **named: (sum(given), named))
    named = {f"number {index}": index for index in range(2000)}
    assert made(*range(1000)) == (499500, {})
    assert made(*range(1000), **named) == (499500, named)


def test_names_of_arguments_with_half_of_a_surrogate_pair_are_refused() -> None:
    made = hosted(lambda **named: named)
    with pytest.raises(metaffi.MetaFFIError, match=r"ud800\" of an argument has half of a surr"):
        made(**{"\ud800": 1})


@pytest.mark.parametrize(
    ("inner", "shape"),
    [
        ([1], shapes.MutableSequence),
        ((1,), shapes.Sequence),
        ({"a": 1}, shapes.MutableMapping),
        ({1}, shapes.Set),
        (iter([1]), shapes.Iterator),
        ((one for one in [1]), shapes.Generator),
        (len, shapes.Callable),
        ([].__len__, shapes.Hashable),
    ],
)
def test_instances_of_the_shapes_of_collections(inner: Any, shape: Any) -> None:
    made = hosted(inner)
    assert isinstance(made, shape)
    assert isinstance(made, metaffi.MetaFFIHandle)
    assert issubclass(type(made), shape)
    for other in (shapes.Sequence, shapes.Mapping, shapes.Set):
        if not isinstance(inner, other):
            assert not isinstance(made, other)
    assert isinstance(hosted(object()), shapes.Sized) is False
    assert made.__class__ is type(made)


def test_a_mutable_mapping() -> None:
    inner: dict[Any, Any] = {"one": 1, "two": 2}
    made = hosted(inner)
    assert (made["one"], len(made), "two" in made, "three" in made) == (1, 2, True, False)
    assert made.pop("one") == 1
    assert made.pop("one", 7) == 7
    with pytest.raises(KeyError, match="one"):
        made.pop("one")
    with pytest.raises(KeyError):
        made["one"]
    assert made.setdefault("three", 3) == 3
    assert made.setdefault("three", 4) == 3
    made.update({"four": 4}, five=5)
    made.update([("six", 6)])
    assert inner == {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
    assert dict(made) == inner
    assert sorted(made) == sorted(made.keys()) == sorted(inner)
    assert sorted(made.values()) == [2, 3, 4, 5, 6]
    assert sorted(made.items()) == sorted(inner.items())
    assert made.keys() & {"two", "absent"} == {"two"}
    assert made.get("absent") is None
    key, value = made.popitem()
    assert key not in inner and value not in inner.values()
    del made["two"]
    made.clear()
    assert inner == {}
    with pytest.raises(KeyError):
        made.popitem()


def test_a_set() -> None:
    inner = {1, 2}
    made = hosted(inner)
    assert sorted(made) == [1, 2]
    assert 1 in made and 3 not in made
    assert made | {3} == {1, 2, 3}
    assert {3} | made == {1, 2, 3}
    assert made & {2, 3} == {2}
    assert {2, 3} & made == {2}
    assert made - {1} == {2}
    assert {1, 3} - made == {3}
    assert made ^ {2, 3} == {1, 3}
    assert type(made | {3}) is set
    assert made <= {1, 2, 3} and made < {1, 2, 3} and made >= {1}
    assert not made > {1, 2}
    assert made.isdisjoint({5}) and not made.isdisjoint({1})
    assert len(made) == 2


def test_a_mutable_sequence() -> None:
    inner: list[Any] = [1, 2, 3]
    made = hosted(inner)
    assert (made[0], made[-1], list(made[1:]), len(made)) == (1, 3, [2, 3], 3)
    made[0] = 7
    del made[1]
    assert inner == [7, 3]
    assert made.index(3) == 1
    assert made.count(7) == 1
    assert list(reversed(made)) == [3, 7]
    with pytest.raises(IndexError):
        made[5]
    with pytest.raises(ValueError):
        made.index(9)
    assert [*made] == [7, 3]


def talk(given: list[Any]) -> Generator[Any, Any, Any]:
    try:
        while True:
            try:
                given.append((yield len(given)))
            except LookupError as error:
                given.append(repr(error))
            if given[-1] == "end":
                return "result"
    finally:
        given.append("closed")


def test_send_and_throw_into_a_generator() -> None:
    given: list[Any] = []
    made = hosted(talk(given))
    assert next(made) == 0
    assert made.send("one") == 1
    assert made.throw(KeyError("two")) == 2
    assert made.throw(IndexError) == 3
    assert given == ["one", "KeyError('two')", "IndexError()"]
    with pytest.raises(ZeroDivisionError, match="three"):
        made.throw(ZeroDivisionError("three"))
    assert given[-1] == "closed"
    with pytest.raises(StopIteration):
        next(made)
    made = hosted(talk(given))
    assert next(made) == 4
    with pytest.raises(StopIteration) as ended:
        made.send("end")
    assert ended.value.value == "result"
    closed = hosted(talk(given := []))
    next(closed)
    closed.close()
    closed.close()
    assert given == ["closed"]
    with pytest.raises((TypeError, metaffi.MetaFFIError), match="exception"):
        hosted(talk([])).throw(7)

    def outer() -> Generator[Any, Any, Any]:
        return (yield from hosted(talk([])))

    delegating = outer()
    assert next(delegating) == 0
    assert delegating.send("one") == 1
    with pytest.raises(StopIteration) as ended:
        delegating.send("end")
    assert ended.value.value == "result"


def test_copies_are_the_object_itself_and_pickling_is_refused() -> None:
    made = hosted([1])
    assert copy.copy(made) is copy.deepcopy(made) is made
    assert copy.deepcopy({"one": [made]})["one"][0] is made
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match=r"a Hosted .* cannot be pickled or copied"):
            pickle.dumps(made, protocol)


@functools.total_ordering
class Weight:
    def __init__(self, grams: int) -> None:
        self.grams = grams

    def __eq__(self, other: object) -> bool:
        return self.grams == getattr(other, "grams", other)

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, (Weight, int)):
            return NotImplemented
        return self.grams < getattr(other, "grams", other)

    def __hash__(self) -> int:
        return hash(self.grams)


def test_order_and_hash() -> None:
    light, heavy = hosted(Weight(1)), hosted(Weight(9))
    assert light < 2 < heavy
    assert light <= 1 and heavy >= 9 and light == 1 and heavy != 1
    assert not light > 1
    assert sorted([heavy, light]) == [light, heavy]
    assert {light: "light"}[light] == "light"
    with pytest.raises(TypeError, match="'<' not supported"):
        assert light < "text"
    assert light != "text"
    with pytest.raises(TypeError, match="unhashable"):
        hash(hosted([1]))
    plain, other = hosted(object()), hosted(object())
    assert plain != other
    assert len({plain, other, plain}) == 2
    with pytest.raises(TypeError):
        assert plain < other


class Context:
    def __init__(self, suppresses: bool) -> None:
        self.suppresses, self.seen = suppresses, []  # type: ignore[var-annotated]

    def __enter__(self) -> str:
        self.seen.append("in")
        return "entered"

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        self.seen.append(error)
        return self.suppresses


def test_contexts_that_suppress() -> None:
    context = Context(True)
    failure = KeyError("gone")
    with hosted(context) as entered:
        assert entered == "entered"
        raise failure
    assert context.seen == ["in", failure]
    context = Context(False)
    with pytest.raises(KeyError) as caught, hosted(context):
        raise failure
    assert caught.value is failure
    assert context.seen == ["in", failure]
    with hosted(context):
        pass
    assert context.seen[-1] is None


def test_memory_of_a_host() -> None:
    inner = array.array("d", [1.5, 2.5, 3.5])
    made = hosted(inner)
    view = memoryview(made)
    assert (view.format, view.shape, view.tolist()) == ("d", (3,), [1.5, 2.5, 3.5])
    numpy = pytest.importorskip("numpy")
    seen = numpy.asarray(memoryview(made))
    assert seen.sum() == 7.5
    assert numpy.asarray(made).tolist() == [1.5, 2.5, 3.5]
    seen[0] = 9.5
    assert inner[0] == 9.5
    frozen = numpy.frombuffer(hosted(b"abc"), dtype="uint8")
    assert frozen.tolist() == [97, 98, 99]
    assert not frozen.flags.writeable
    del view, seen, frozen
    gc.collect()
    inner.append(4.5)


def test_an_exception_survives_that_objects_end_meanwhile() -> None:
    ended: list[int] = []

    class Ending:
        def __init__(self, number: int) -> None:
            self.number = number

        def at_end(self) -> None:
            ended.append(self.number)
            raise RuntimeError("nobody is told")

    def make() -> Iterator[Any]:
        for number in range(3):
            yield hosted(Ending(number))
        raise LookupError("on its way")

    module().calls_at_end = 1
    try:
        # The list is freed while the exception is on its way.
        with pytest.raises(LookupError, match="on its way"):
            list(make())
    finally:
        module().calls_at_end = 0
    assert sorted(ended) == [0, 1, 2]


def test_names_that_python_asks_for_of_what_is_released() -> None:
    made: Any = hosted([1])
    made.release()
    assert not hasattr(made, "__wrapped__")
    assert made.__class__ is type(made)
    assert issubclass(type(made), shapes.Sequence)
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        _ = made.name
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        len(made)


def test_the_type_of_an_object_has_the_name_of_its_class() -> None:
    plain, shelf = hosted(object()), hosted([1])
    assert type(plain) is type(hosted(object())) and type(plain) is not type(shelf)
    assert [type(one).__name__ for one in (plain, shelf)] == ["Hosted"] * 2
    for message, wrong in (
        ("'Hosted' object is not callable", lambda: shelf()),
        ("object of type 'Hosted' has no len()", lambda: len(plain)),
        ("for +: 'Hosted' and 'int'", lambda: plain + 1),
    ):
        with pytest.raises(TypeError, match=re.escape(message)):
            wrong()


@pytest.mark.parametrize("index", [3, -4, 2**63, 2**70, -(2**70)])
def test_a_position_far_away_is_not_there(index: int) -> None:
    shelf, data = hosted([1, 2, 3]), metaffi.MetaFFIRuntime("c").load_module("").new("int[3]")
    for made in (shelf, data):
        with pytest.raises(IndexError):
            made[index]
        with pytest.raises(IndexError):
            made[index] = 1
    assert list(shelf) == [1, 2, 3]


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_dunder_methods_raise_goes_through_a_host(raised: type[BaseException]) -> None:
    def fail(*given: Any) -> Any:
        raise raised("told")

    names = [
        "len",
        "getitem",
        "iter",
        "contains",
        "call",
        "eq",
        "hash",
        "lt",
        "str",
        "bool",
        "enter",
        "exit",
    ]
    made = hosted(type("Bad", (), {f"__{name}__": fail for name in names})())
    asked: list[Any] = [len, iter, hash, str, bool]
    asked += [lambda of: of[0], lambda of: 1 in of, lambda of: of(), lambda of: of.__enter__()]
    asked += [lambda of: of == 1, lambda of: of < 1]
    for ask in asked:
        with pytest.raises(raised, match="told"):
            ask(made)
