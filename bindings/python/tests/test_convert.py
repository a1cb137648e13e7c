"""`metaffi.convert`: every choice, of objects of Python, data of C, and objects of hosts."""

from __future__ import annotations

import collections
import dataclasses
from array import array
from types import SimpleNamespace
from typing import Any

import pytest
from hosting import hosted

import metaffi
from metaffi import MetaFFIError, MetaFFIHandle, convert


@dataclasses.dataclass
class Point:
    x: int
    y: int


@pytest.fixture
def shape(data: metaffi.MetaFFIModule) -> MetaFFIHandle:
    made = data.new("struct shape")
    made.name = b"box"
    made.corners[1].x = 7
    return made


def test_depth_leaves_objects(shape: MetaFFIHandle) -> None:
    proxies: list[Any] = []
    made = convert(shape, depth=1, proxies=proxies)
    assert made.name == "box"
    assert isinstance(made.corners, MetaFFIHandle)
    assert any(one is made.corners for one in proxies)
    nested: list[Any] = [1, [2, [3]]]
    proxies.clear()
    made = convert(nested, depth=2, proxies=proxies)
    assert made == nested
    assert made[1] is not nested[1]
    assert made[1][1] is nested[1][1]
    assert proxies == [nested[1][1]]
    with pytest.raises(MetaFFIError, match="not below zero"):
        convert([], depth=-1)
    with pytest.raises(TypeError, match="proxies"):
        convert([], proxies=())  # type: ignore[arg-type]


def test_what_is_unconvertible() -> None:
    thing = object()
    assert convert([thing])[0] is thing
    assert convert([thing, 1], unconvertible=lambda one: ("made of", type(one))) == [
        ("made of", object),
        1,
    ]
    assert convert([thing], unconvertible=lambda one: NotImplemented)[0] is thing
    with pytest.raises(MetaFFIError, match='leave out unconvertible="error"'):
        convert([thing], unconvertible="error")
    with pytest.raises(ValueError, match='unconvertible: pass one of "proxy", "error", or a func'):
        convert([thing], unconvertible="nothing")  # type: ignore[arg-type]

    def fails(one: object) -> object:
        raise LookupError("as it is")

    with pytest.raises(LookupError, match="as it is"):
        convert([[thing]], unconvertible=fails)


def test_converters_come_first_and_defaults_last() -> None:
    seen: list[Any] = []

    def of_list(given: list[Any]) -> Any:
        seen.append(given)
        return NotImplemented if len(given) > 1 else Point(given[0], 0)

    inner = [3]
    made = convert([inner, {"p": Point(1, 2)}], converters={list: of_list})
    assert seen == [[inner, {"p": Point(1, 2)}], inner]
    # What a function gives stands there as it is.
    assert made[0] == Point(3, 0)
    assert made[1]["p"] == SimpleNamespace(x=1, y=2)
    made = convert(Point(1, 2), fields=False, defaults={Point: lambda one: one.x, None: repr})
    assert made == 1
    # Fields are a conversion, so that defaults are not asked.
    assert convert(Point(1, 2), defaults={None: repr}) == SimpleNamespace(x=1, y=2)
    calls = convert([len, 5], defaults={type(len): lambda one: one.__name__})
    assert calls == ["len", 5]
    with pytest.raises(TypeError, match="converters: 7 is no type"):
        convert([], converters={7: repr})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"defaults: what is given for .*list.* is no function"):
        convert([], defaults={list: 7})  # type: ignore[dict-item]


def test_converters_by_the_names_of_types_of_c(
    shape: MetaFFIHandle, data: metaffi.MetaFFIModule
) -> None:
    made = convert(shape, converters={"struct point": lambda one: Point(one.x, one.y)})
    assert made.corners == [Point(0, 0), Point(7, 0)]
    shape.center = data.new("struct point", [5, 6])
    assert convert(shape, defaults={"struct point *": lambda one: one.x}).center == 5
    assert convert(shape, converters={"struct shape": lambda one: "whole"}) == "whole"


def test_converters_of_objects_of_hosts() -> None:
    boxed = hosted(object())
    assert convert({"box": [boxed]})["box"][0] is boxed
    made = convert({"box": [boxed]}, converters={"Hosted": lambda one: one is boxed})
    assert made == {"box": [True]}
    assert convert([boxed], unconvertible=lambda one: one.runtime) == ["host"]
    with pytest.raises(MetaFFIError, match='unconvertible="error"'):
        convert([boxed], unconvertible="error")


def test_targets_of_maps() -> None:
    given = {"one": 1, "two": {"three": 3}}
    ordered = convert(given, maps=collections.OrderedDict)
    assert type(ordered) is type(ordered["two"]) is collections.OrderedDict
    assert ordered == given
    assert convert(given, maps=list) == [("one", 1), ("two", [("three", 3)])]
    assert convert(given, maps=SimpleNamespace).two.three == 3

    class Pairs:
        def __init__(self) -> None:
            self.pairs: list[Any] = []

        def __setitem__(self, key: Any, value: Any) -> None:
            self.pairs.append((key, value))

    assert convert(given, maps=Pairs).pairs[0] == ("one", 1)
    assert convert(hosted(given), maps=collections.OrderedDict) == given
    assert type(convert(hosted(given), maps=collections.OrderedDict)) is collections.OrderedDict
    with pytest.raises(TypeError, match="maps: pass a class"):
        convert(given, maps={})  # type: ignore[arg-type]
    with pytest.raises(MetaFFIError, match="no text, but maps=SimpleNamespace"):
        convert({1: 2}, maps=SimpleNamespace)
    with pytest.raises(TypeError, match="item assignment"):
        convert(given, maps=object)


def test_targets_of_sets_tuples_and_records(shape: MetaFFIHandle) -> None:
    assert convert({1, 2}, sets=list) in ([1, 2], [2, 1])
    frozen = convert([{1, 2}], sets=frozenset)
    assert frozen == [frozenset({1, 2})]
    assert type(frozen[0]) is frozenset

    class Bag(list):  # type: ignore[type-arg]
        def add(self, one: object) -> None:
            self.append(one)

    bag = convert({7}, sets=Bag)
    assert (type(bag), bag) == (Bag, [7])
    # A key has to have a hash.
    assert convert({frozenset({1}): 2}, sets=Bag) == {frozenset({1}): 2}
    assert convert((1, (2,)), tuples=list) == [1, [2]]
    assert convert((1, (2,))) == (1, (2,))
    with pytest.raises(ValueError, match="tuples: pass tuple or list"):
        convert((), tuples=set)  # type: ignore[arg-type]
    assert convert(shape, records=dict)["corners"][1]["x"] == 7
    assert convert([Point(1, 2)], records=dict) == [{"x": 1, "y": 2}]

    class Record:
        x: int

    assert type(convert(Point(1, 2), records=Record)) is Record
    assert convert(Point(1, 2), records=Record).x == 1
    with pytest.raises(AttributeError):
        convert(Point(1, 2), records=object)


def test_what_is_made_of_arrays(data: metaffi.MetaFFIModule) -> None:
    grid = data.new("short[2][3]", [[1, 2, 3], [4, 5, 6]])
    view = convert(grid)
    assert (type(view), view.format, view.shape) == (memoryview, "h", (2, 3))
    assert convert(grid, arrays=list) == [[1, 2, 3], [4, 5, 6]]
    assert convert({"one": array("d", [1.5])}, arrays=list) == {"one": [1.5]}
    assert convert([b"ab", bytearray(b"c")], binary="viewed", arrays=bytes) == [b"ab", b"c"]
    assert convert([grid], arrays=memoryview)[0].tolist() == view.tolist()
    assert convert(hosted([array("i", [3])]), arrays=list) == [[3]]
    with pytest.raises(ZeroDivisionError):
        convert([grid], arrays=lambda view: view.nbytes // 0)
    with pytest.raises(TypeError, match="arrays: pass a class, or a function"):
        convert(grid, arrays="list")  # type: ignore[arg-type]


def test_integers_nulls_and_binary() -> None:
    large = 2**70
    assert convert([large]) == [large]
    made = convert([large, 1], integers="float")
    assert made == [float(large), 1]
    assert [type(one) for one in made] == [float, int]
    with pytest.raises(MetaFFIError, match='without integers="int64", or with integers="float"'):
        convert([large], integers="int64")
    assert convert({"a": None, "b": 1}, nulls="omitted") == {"b": 1}
    with pytest.raises(MetaFFIError, match='nulls="error" does not allow'):
        convert([None], nulls="error")
    raw = b"bytes"
    assert convert([raw]) == [raw]
    viewed = convert([raw], binary="viewed")[0]
    assert bytes(viewed) == raw
    assert not isinstance(viewed, bytes)
    for keyword in ("integers", "nulls", "binary", "shared"):
        with pytest.raises(ValueError, match=f'{keyword}: pass one of ".*, not 3'):
            convert([], **{keyword: 3})  # type: ignore[arg-type]


def test_what_is_shared_and_what_contains_itself(data: metaffi.MetaFFIModule) -> None:
    inner = [1]
    given: list[Any] = [inner, inner]
    made = convert(given)
    assert made[0] is made[1]
    made = convert(given, shared="copied")
    assert made == given
    assert made[0] is not made[1]
    with pytest.raises(MetaFFIError, match='twice; without shared="copied" and shared="error"'):
        convert(given, shared="error")
    given.append(given)
    made = convert(given)
    assert made[2] is made
    with pytest.raises(MetaFFIError, match="contains itself"):
        convert(given, shared="copied")
    cyclic: dict[str, Any] = {}
    cyclic["self"] = cyclic
    made = convert(cyclic, maps=collections.OrderedDict)
    assert made["self"] is made
    node = data.new("struct node")
    node.next = node
    assert isinstance(convert(node).next, MetaFFIHandle)


def test_trees_of_hosts() -> None:
    given = {"list": [1, 2.5, "text", None], "map": {"key": [True]}}
    assert convert(hosted(given)) == given
    assert convert([hosted([1, 2]), hosted({1, 2})]) == [[1, 2], {1, 2}]
    assert convert([hosted({1, 2})], sets=frozenset) == [frozenset({1, 2})]


def test_nothing_is_left_of_conversions() -> None:
    import gc
    import sys

    class Marked:
        pass

    marked, proxies = Marked(), []  # type: ignore[var-annotated]
    choices: dict[str, Any] = {"converters": {Marked: lambda one: one}, "proxies": proxies}
    before = sys.getrefcount(marked)
    for _ in range(100):
        convert([marked, {"key": marked}], **choices)
        convert([marked], unconvertible=lambda one: one)
        convert([marked], proxies=[])
        with pytest.raises(MetaFFIError):
            convert([marked], unconvertible="error")
    gc.collect()
    assert sys.getrefcount(marked) == before
    assert proxies == []
