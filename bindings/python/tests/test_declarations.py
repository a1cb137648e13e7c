"""What functions declare is found once, and again when it has changed."""

from __future__ import annotations

import functools
import gc
import math
import typing
import weakref
from collections.abc import Iterator
from typing import Any, Callable

import pytest

import metaffi
from metaffi import MetaFFIError, MetaFFITypes, make_metaffi_callable, metaffi_types

INT, FLOAT, STR, ANY = (
    MetaFFITypes.metaffi_int64_type,
    MetaFFITypes.metaffi_float64_type,
    MetaFFITypes.metaffi_string8_type,
    MetaFFITypes.metaffi_any_type,
)

FUNCTIONS = """
import functools
from typing import List, Optional

def function(left: int, right: int) -> int:
    return left * right

def default(left: int, right: int, scale: int = 1) -> int:
    return left * right * scale

def generic(left: int, right: int, rest: list[int] = []) -> int:
    return left * right

def optional(left: int, right: int, rest: Optional[List[int]] = None) -> int:
    return left * right

class Multiplier:
    scale: float = 1.0

    def method(self, left: int, right: int) -> int:
        return left * right

    def __call__(self, left: int, right: int) -> int:
        return left * right

    @staticmethod
    def static(left: int, right: int) -> int:
        return left * right

    @classmethod
    def of_class(cls, left: int, right: int) -> int:
        return left * right

def decorated(function):
    @functools.wraps(function)
    def wrapper(*given):
        return function(*given)
    return wrapper

def scaled(scale: float, left: int, right: int) -> int:
    return left * right

def closure():
    def inner(left: int, right: int) -> int:
        return left * right
    return inner
"""

KINDS: dict[str, str] = {
    "function": "function",
    "default": "default",
    "generic": "generic",
    "optional": "optional",
    "method": "Multiplier().method",
    "static method": "Multiplier.static",
    "class method": "Multiplier.of_class",
    "object": "Multiplier()",
    "decorated": "decorated(function)",
    "decorated twice": "decorated(decorated(function))",
    "decorated method": "decorated(Multiplier().method)",
    "partial": "functools.partial(scaled, 2.0)",
    "partial of a partial": "functools.partial(functools.partial(scaled, 2.0))",
    "partial of a method": "functools.partial(Multiplier.method, Multiplier())",
    "closure": "closure()",
}


class Asked:
    """How often it was asked for annotations in Python."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        ask = typing.get_type_hints

        def asked(*given: Any, **named: Any) -> Any:
            self.count += 1
            return ask(*given, **named)

        monkeypatch.setattr(typing, "get_type_hints", asked)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture
def known() -> Iterator[dict[str, int]]:
    """The dictionary of types, which is as it was after the test."""
    known = metaffi_types.pytype_to_metaffi_type_dict
    before = dict(known)
    yield known
    known.clear()
    known.update(before)


def types_of(function: Any) -> tuple[list[int], list[int]]:
    made: Any = make_metaffi_callable(function)
    return [one[0] for one in made.params], [one[0] for one in made.returns]


def defined(source: str, future: bool = False) -> dict[str, Any]:
    names: dict[str, Any] = {}
    lazily = "from __future__ import annotations" if future else ""
    code = compile(f"{lazily}\n{source}", "<functions>", "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102
    return names


@pytest.mark.parametrize("future", [False, True], ids=["objects", "text"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_function_declares_is_asked_once(
    guest: metaffi.MetaFFIModule, asked: Asked, kind: str, future: bool
) -> None:
    names = defined(FUNCTIONS, future)
    apply = guest.load_entity("callable=apply")

    def use() -> None:
        function: Any = eval(KINDS[kind], names)
        made = make_metaffi_callable(function)
        assert [one[0] for one in made.params][:2] == [INT, INT]
        assert [one[0] for one in made.returns] == [INT]
        assert apply(made, 6, 7) == apply(function, 6, 7) == made(6, 7) == 42

    use()
    count = asked.count
    for _ in range(3):
        use()
    assert asked.count == count


def test_a_builtin_takes_what_it_is_given(guest: metaffi.MetaFFIModule) -> None:
    apply = guest.load_entity("callable=apply")
    functions: list[Callable[..., int]] = [pow, max, math.gcd, int.__mul__]
    for function in functions:
        assert apply(make_metaffi_callable(function), 2, 3) == function(2, 3)
    with pytest.raises(MetaFFIError, match=r"argument 0 \(function\)"):
        apply(make_metaffi_callable(len), 2, 3)


def test_other_annotations_are_other_types(guest: metaffi.MetaFFIModule, asked: Asked) -> None:
    def function(left: int, right: int) -> int:
        return left * right

    apply = guest.load_entity("callable=apply")
    assert types_of(function) == ([INT, INT], [INT])
    assert apply(function, 6, 7) == 42
    function.__annotations__["right"] = str
    assert types_of(function) == ([INT, STR], [INT])
    with pytest.raises(MetaFFIError, match="parameter 1: string8 cannot be taken from C's int64_t"):
        apply(function, 6, 7)
    function.__annotations__ = {"left": int}
    assert types_of(function) == ([INT, ANY], [ANY])
    assert apply(function, 6, 7) == 42
    function.__annotations__ = {}
    assert types_of(function) == ([ANY, ANY], [ANY])
    assert apply(function, 6, 7) == 42
    function.__annotations__ = {"left": int, "right": str}
    with pytest.raises(MetaFFIError, match="parameter 1: string8 cannot be taken"):
        apply(function, 6, 7)
    for again in [False, True]:
        count = asked.count
        function.__annotations__ = {"left": int, "right": int, "return": int}
        assert types_of(function) == ([INT, INT], [INT])
        assert apply(function, 6, 7) == 42
        assert not again or asked.count == count


def test_annotations_of_what_was_made_are_those_of_then(guest: metaffi.MetaFFIModule) -> None:
    def function(left: int, right: int) -> int:
        return left * right

    made = make_metaffi_callable(function)
    function.__annotations__ = {"left": str, "right": str}
    assert [one[0] for one in made.params] == [INT, INT]
    assert guest.load_entity("callable=apply")(made, 6, 7) == 42


def test_another_default_is_another_number_of_arguments(guest: metaffi.MetaFFIModule) -> None:
    def function(left: int, right: int, scale: int) -> int:
        return left * right * scale

    wraps: list[Callable[[Any], Any]] = [lambda same: same, make_metaffi_callable]
    apply = guest.load_entity("callable=apply")
    for wrap in wraps:
        function.__defaults__ = None
        with pytest.raises(MetaFFIError, match=r"argument 0 \(function\)"):
            apply(wrap(function), 6, 7)
        function.__defaults__ = (1,)
        assert apply(wrap(function), 6, 7) == 42


def test_names_mean_what_they_mean_now() -> None:
    names = defined("def function(a: Number) -> int: return a", future=True)
    function = names["function"]
    unknown = types_of(function)
    for meaning, number in [(float, FLOAT), (int, INT), (float, FLOAT)]:
        names["Number"] = meaning
        assert types_of(function) == ([number], [INT])
    names["int"] = float
    assert types_of(function) == ([FLOAT], [FLOAT])
    del names["Number"], names["int"]
    assert types_of(function) == unknown


def test_closures_of_one_code_have_annotations_of_their_own(asked: Asked) -> None:
    names = defined("""
def closure(kind):
    def inner(a: kind) -> list[kind]:
        return [a]
    return inner
""")
    closure: Callable[[Any], Any] = names["closure"]
    kinds = [(int, INT), (float, FLOAT)]
    for kind, number in kinds:
        assert types_of(closure(kind)) == ([number], [ANY])
    count = asked.count
    for kind, number in kinds * 2:
        assert types_of(closure(kind)) == ([number], [ANY])
    assert asked.count == count


def test_the_dictionary_of_types_is_that_of_now(
    known: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def function(a: int) -> int:
        return a

    small = MetaFFITypes.metaffi_int8_type.value
    assert types_of(function) == ([INT], [INT])
    known["int"] = small
    assert types_of(function) == ([small], [small])
    monkeypatch.setattr(metaffi_types, "pytype_to_metaffi_type_dict", {"int": INT.value})
    assert types_of(function) == ([INT], [INT])
    del metaffi_types.pytype_to_metaffi_type_dict["int"]
    assert types_of(function) == ([MetaFFITypes.metaffi_handle_type] * 1,) * 2


@pytest.mark.parametrize("passed", [False, True], ids=["made", "passed"])
def test_nothing_keeps_a_function_or_what_it_is_annotated_with(
    guest: metaffi.MetaFFIModule, passed: bool
) -> None:
    names = defined("""
class Local:
    def compare(self, left: "int", other: "Local") -> "int":
        return 1

def function(left: int, right: int, third: Local = (), more: list[Local] = ()) -> int:
    return left * right
""")
    if passed:
        assert guest.load_entity("callable=apply")(names["function"], 6, 7) == 42
    else:
        make_metaffi_callable(names["function"])
        make_metaffi_callable(names["Local"]().compare)
    gone = [weakref.ref(names["function"]), weakref.ref(names["Local"])]
    names.clear()
    gc.collect()
    assert [one() for one in gone] == [None, None]


def test_what_has_the_place_of_a_code_that_is_gone_is_not_taken_for_it() -> None:
    for number in range(300):
        kind, expected = [("int", INT), ("float", FLOAT), ("str", STR)][number % 3]
        function = defined(f"def function(a: {kind}) -> {kind}: return a")["function"]
        params, returns = types_of(function)
        assert params == returns == [expected]


def test_a_signature_that_was_set_is_what_counts() -> None:
    import inspect

    def function(a: int, b: int) -> int:
        return a

    assert types_of(function) == ([INT, INT], [INT])
    (one, _) = inspect.signature(function).parameters.values()
    function.__signature__ = inspect.Signature([one])  # type: ignore[attr-defined]
    assert types_of(function) == ([INT], [INT])


def test_what_a_partial_function_gives_by_name_is_not_taken() -> None:
    def function(a: int, b: float) -> int:
        return a

    given = functools.partial(function, b=1.0)
    with pytest.raises(MetaFFIError, match="b"):
        make_metaffi_callable(functools.partial(function, a=1))
    assert types_of(given) == ([INT], [INT])
