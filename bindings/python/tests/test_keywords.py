"""Arguments by name for functions of Python, which are called as the function itself is."""

import itertools
import os
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
from support import infos

import metaffi
from metaffi import MetaFFIError

SOURCE = """
import functools

def anything(*args, **kwargs):
    return [list(args), sorted(kwargs.items())]

def typed(count: int, text: str = "-", *, times: int = 1) -> str:
    return f"{count}{text}" * times

def two(one: int, *more: int, last: str = "") -> tuple[int, str]:
    return one + sum(more), last

def first_only(left, /, **kwargs):
    return [left, sorted(kwargs.items())]

def read(path, sep=",", *, header="infer", names=None, dtype=None, skiprows=0, **options):
    return [path, sep, header, names, dtype, skiprows, sorted(options)]

def fails(**kwargs):
    raise KeyError(*kwargs)

def call(function, *args, **kwargs):
    return function(*args, **kwargs)

partial = functools.partial(typed, text="+")

class Frame:
    def __init__(self, data=None, *, columns=None, **more):
        self.seen = [data, columns, sorted(more)]

    def group(self, by, *, sort=True, **options):
        return [by, sort, sorted(options)]

    @classmethod
    def of(cls, *rows, **options):
        return cls(list(rows), **options)

    def __call__(self, *args, **kwargs):
        return [list(args), sorted(kwargs)]

frame = Frame()
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("keywords") / "keyword_guest.py"
    path.write_text(SOURCE)
    return metaffi.MetaFFIRuntime("python3").load_module(os.fspath(path))


@pytest.fixture(scope="module")
def builtin() -> Any:
    return metaffi.MetaFFIRuntime("python3").load_module("builtins;json;functools")


VALUES = [1, "text", [1], (1, "a"), {"a": [1]}, b"bytes", None, {1, 2}, 1.5, object()]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_whatever_the_values_are(module: Any, value: object) -> None:
    same = list(value) if isinstance(value, tuple) else value
    for args, kwargs in (
        ((value,), {}),
        ((), {"k": value}),
        ((value,), {"k": 2}),
        ((1,), {"k": value, "j": value}),
        ((value, value), {"k": value}),
    ):
        positional, named = module.anything(*args, **kwargs)
        assert positional == [same if one is value else one for one in args]
        assert [list(pair) for pair in named] == [
            [name, same if one is value else one] for name, one in sorted(kwargs.items())
        ]


def test_builtins(builtin: Any) -> None:
    assert builtin.dumps([1], indent=1) == "[\n 1\n]"
    assert builtin.dumps([1, {"b": 1, "a": 2}], sort_keys=True) == '[1, {"a": 2, "b": 1}]'
    assert builtin.sorted([1, 3, 2], reverse=True) == [3, 2, 1]
    assert builtin.sorted(["b", "A"], key=str.lower) == ["A", "b"]
    assert builtin.dict(a=1) == {"a": 1}
    assert builtin.dict([("b", 2)], a=[1]) == {"b": 2, "a": [1]}
    assert builtin.max([], default=7) == 7
    assert builtin.int("ff", base=16) == 255
    assert builtin.sum([1, 2], start=3) == 6
    assert builtin.enumerate([5], start=2).__next__() == (2, 5)
    add = builtin.partial(lambda *args, **kwargs: (args, kwargs), 1, k=2)
    assert add(3, j=4) == ((1, 3), {"k": 2, "j": 4})


def test_what_is_declared_is_converted(module: Any) -> None:
    assert module.typed(1, text="a", times=2) == "1a1a"
    assert module.typed(count=1) == "1-"
    assert module.typed(text="b", count=2, times=1) == "2b"
    assert module.partial(3) == "3+"
    assert module.partial(count=3, text="*") == "3*"
    assert module.two(1, 2, 3, last="x") == (6, "x")
    assert module.two(one=1) == (1, "")
    with pytest.raises(MetaFFIError, match=r"argument 1 \(text\).*int"):
        module.typed(1, text=2)
    with pytest.raises(MetaFFIError, match=r"argument 0 \(count\)"):
        module.typed(count="1", text="a")


def test_methods_and_deep_signatures(module: Any) -> None:
    frame = module.Frame([1], columns=["a"], copy=True)
    assert frame.seen == [[1], ["a"], ["copy"]]
    group = module.load_entity("callable=Frame.group,instance_required")
    assert group(frame, "a", sort=False, dropna=[1]) == ["a", False, ["dropna"]]
    assert group(frame, by=["a"], sort=[]) == [["a"], [], []]
    of = module.load_entity("callable=Frame.of")
    assert of([1], [2], columns=["x"]).seen == [[[1], [2]], ["x"], []]
    any_method = module.load_entity("callable=group,instance_required")
    assert any_method(frame, ["b"], observed=1) == [["b"], True, ["observed"]]
    assert module.frame([1], k=2) == [[[1]], ["k"]]
    read = module.read("f", names=["a", "b"], dtype={"a": "int"}, low_memory=False)
    assert read == ["f", ",", "infer", ["a", "b"], {"a": "int"}, 0, ["low_memory"]]
    assert module.first_only([1], left=2, k=3) == [[1], [["left", 2], ["k", 3]][::-1]]


def test_what_it_refuses_is_what_the_function_refuses(module: Any, builtin: Any) -> None:
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: module.typed(1, txt="a"), "unexpected keyword argument 'txt'"),
        (lambda: module.typed([1], count=2), "count"),
        (lambda: module.typed(1, count=2), "multiple values for argument 'count'"),
        (lambda: module.typed(times=[2]), "count"),
        (lambda: builtin.sorted([1], reversed=True), "reversed"),
        (lambda: module.Frame.group, "group"),
        (lambda: module.typed(1, "a", "b", times=2), "3 arguments given, but it takes 2"),
    ]
    for call, said in refused:
        with pytest.raises((MetaFFIError, AttributeError), match=said):
            call()
    with pytest.raises(MetaFFIError) as failed:
        module.fails(k=[1])
    assert isinstance(failed.value.original, KeyError)
    group = module.load_entity("callable=Frame.group,instance_required")
    with pytest.raises(MetaFFIError, match="given by position"):
        group(self=module.Frame(), by=1)


def test_types_of_an_entity_hold_for_names_too(module: Any) -> None:
    typed = module.load_entity("callable=typed", infos("int64"), infos("string8"))
    assert typed(1, times=2) == "1-1-"
    assert typed(count=4) == "4-"
    with pytest.raises(MetaFFIError, match="count"):
        typed(count="4")
    with pytest.raises(MetaFFIError, match="takes 1"):
        typed(1, "a", times=2)


def test_tags_say_where_names_are_instead(module: Any) -> None:
    named = module.load_entity("callable=anything,named_args")
    assert named({"k": [1]}) == [[], [["k", [1]]]]
    with pytest.raises(MetaFFIError, match=r"a mapping.*named_args.*without tags"):
        named(k=1)
    varargs = module.load_entity("callable=anything,varargs")
    with pytest.raises(MetaFFIError, match="named_args"):
        varargs([1], k=1)
    getter = module.load_entity("attribute=frame")
    with pytest.raises(MetaFFIError, match="k"):
        getter(k=1)


def test_nothing_is_left_behind(module: Any) -> None:
    value, items = object(), ["a", [1]]

    def calls() -> None:
        for number in range(100):
            module.anything(value, items, k=value, j=items)
            module.typed(1, text="a")
            for wrong in ({"txt": items}, {"text": value}):
                with pytest.raises(MetaFFIError):
                    module.typed(number, **wrong)

    calls()
    before = [sys.getrefcount(one) for one in (value, items, items[1])]
    calls()
    assert [sys.getrefcount(one) for one in (value, items, items[1])] == before


def test_many_names(module: Any) -> None:
    names = {f"name{number}": number for number in range(300)}
    positional, named = module.anything([1], **names)
    assert (positional, len(named)) == ([[1]], 300)
    too_many = {f"name{number}": number for number in range(600)}
    with pytest.raises(MetaFFIError, match="at most"):
        module.anything(**too_many)


def test_orders_of_names(module: Any) -> None:
    given = {"count": 2, "text": "a", "times": 2}
    for order in itertools.permutations(given):
        assert module.typed(**{name: given[name] for name in order}) == "2a2a"
