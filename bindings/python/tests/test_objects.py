"""Objects of any runtime by what they can do."""

import copy
import datetime
import enum
import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import metaffi

DECLARED = """
struct inner { char name[8]; double at[2][2]; };
struct outer { int n; struct inner inner; struct inner few[2]; struct outer *next; int *p; };
"""


@pytest.fixture
def module() -> metaffi.MetaFFIModule:
    module = metaffi.MetaFFIRuntime("c").load_module("")
    module.declare(DECLARED)
    return module


def test_capabilities_are_those_of_the_runtime(module: metaffi.MetaFFIModule) -> None:
    outer = module.new("struct outer")
    able = metaffi.capabilities(outer)
    assert {"read_attributes", "write_attributes", "buffer"} <= able
    assert not able & {"call", "iterate", "length", "await", "pointer"}
    assert {"length", "iterate", "sequence", "read_items"} <= metaffi.capabilities(outer.few)
    assert "text" in metaffi.capabilities(outer.inner.name)
    pointer = module.new("struct outer *", outer)
    assert {"pointer", "read_items", "order", "hash"} <= metaffi.capabilities(pointer)


def test_capabilities_of_pythons_own_are_what_others_see() -> None:
    assert {"read_items", "write_items", "sequence", "iterate"} <= metaffi.capabilities([1])
    assert {"mapping", "read_entries"} <= metaffi.capabilities({})
    assert "call" in metaffi.capabilities(len)
    assert "call" not in metaffi.capabilities([])
    assert {"type", "construct"} <= metaffi.capabilities(int)


def test_data_is_converted_with_all_that_is_in_it(module: metaffi.MetaFFIModule) -> None:
    outer = module.new("struct outer")
    outer.n = 7
    outer.inner.name = b"abc"
    outer.inner.at[1][0] = 2.5
    outer.few[1].name = b"last"
    made = metaffi.convert(outer)
    assert isinstance(made, SimpleNamespace)
    assert made.n == 7
    assert made.inner.name == "abc"
    assert made.inner.at.tolist() == [[0.0, 0.0], [2.5, 0.0]]
    outer.inner.at[0][1] = 1.5
    assert made.inner.at.tolist()[0] == [0.0, 1.5]
    assert [one.name for one in made.few] == ["", "last"]
    assert made.next is None
    assert made.p is None
    outer.n = 8
    assert made.n == 7


def test_what_has_no_conversion_stays_an_object(module: metaffi.MetaFFIModule) -> None:
    outer = module.new("struct outer")
    other = module.new("struct outer")
    other.n = 5
    outer.next = other
    made = metaffi.convert(outer)
    assert isinstance(made.next, metaffi.MetaFFIHandle)
    assert made.next.n == 5
    with pytest.raises(metaffi.MetaFFIError, match="has no conversion"):
        metaffi.convert(outer, unconvertible="error")
    assert not hasattr(metaffi.convert(outer, nulls="omitted"), "p")
    shallow = metaffi.convert(outer, depth=1)
    assert isinstance(shallow.inner, metaffi.MetaFFIHandle)
    assert isinstance(metaffi.convert(outer, fields=False), metaffi.MetaFFIHandle)


def test_objects_of_python_are_built_anew() -> None:
    day = datetime.date(2024, 2, 29)
    given: dict[str, Any] = {"list": [1, 2.5, None, "text"], "day": day, "set": {1, 2}}
    given["again"] = given["list"]
    made = metaffi.convert(given)
    assert made == given
    assert made is not given
    assert made["again"] is made["list"]
    assert made["list"] is not given["list"]
    with pytest.raises(metaffi.MetaFFIError, match="there twice"):
        metaffi.convert(given, shared="error")


def test_wrong_choices_are_refused(module: metaffi.MetaFFIModule) -> None:
    with pytest.raises(metaffi.MetaFFIError, match="not below zero"):
        metaffi.convert([], depth=-1)
    outer = module.new("struct outer")
    outer.release()
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        metaffi.convert(outer)


def test_data_is_neither_pickled_nor_copied_by_accident(module: metaffi.MetaFFIModule) -> None:
    outer = module.new("struct outer")
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(outer)
    assert {"n", "inner", "few"} <= set(dir(outer))
    with pytest.raises(TypeError):
        copy.deepcopy(outer)


def test_a_set_that_is_shared_is_frozen_where_it_is_a_key() -> None:
    frozen = frozenset([1])
    made = metaffi.convert([frozen, {frozen: 1}])
    assert made == [{1}, {frozen: 1}]


def test_text_with_half_of_a_surrogate_pair_is_itself() -> None:
    half = "\ud800"
    assert metaffi.convert(half) is half


def test_integers_of_any_size_are_what_they_say_also_of_subclasses() -> None:
    class Large(enum.IntEnum):
        GREAT = 2**70

    made = metaffi.convert([Large.GREAT])
    assert made == [2**70]
    assert type(made[0]) is int


def test_what_changes_while_it_is_converted_is_refused() -> None:
    numbers: list[Any] = []

    class Growing(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            numbers.append(1)
            return super().__iter__()

    numbers.extend([Growing(), 2, 3])
    with pytest.raises(metaffi.MetaFFIError, match="has changed"):
        metaffi.convert(numbers)
