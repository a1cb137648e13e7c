"""Functions as values, both ways."""

from __future__ import annotations

import copy
import functools
import gc
import math
import weakref
from typing import Any, Callable

import pytest
from support import info, infos

import metaffi
from metaffi import MetaFFIError, make_metaffi_callable


def product(left: int, right: int) -> int:
    return left * right


class Multiplier:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def method(self, left: int, right: int) -> int:
        return self.factor * left * right

    def any(self, *given: int) -> int:
        return self.factor * given[0] * given[1]

    def __call__(self, left: int, right: int) -> int:
        return self.method(left, right)


FUNCTIONS = {
    "function": product,
    "lambda": lambda left, right: left * right,
    "method": Multiplier(1).method,
    "object": Multiplier(1),
    "partial": functools.partial(Multiplier.method, Multiplier(1)),
    "builtin": int.__mul__,
    "wrapped": make_metaffi_callable(product),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_c_and_python_call_a_plain_function(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, name: str
) -> None:
    assert guest.load_entity("callable=apply")(FUNCTIONS[name], 6, 7) == 42
    assert python_guest.load_entity("callable=apply")(FUNCTIONS[name], 6, 7) == 42


FITTING = {
    "any arguments": lambda *given: given[0] * given[1],
    "some of any arguments": lambda left, *rest: left * rest[0],
    "a default too many": lambda left, right, scale=1: left * right * scale,
    "defaults alone": lambda left=1, right=1, scale=1: left * right * scale,
    "method of any arguments": Multiplier(1).any,
    "builtin with a default": pow,
    "builtin that does not say": max,
    "partial of any arguments": functools.partial(lambda one, *rest: one * rest[0] * rest[1], 1),
    "cached": functools.lru_cache(maxsize=None)(lambda left, right, scale=1: left * right * scale),
}


@pytest.mark.parametrize("name", FITTING)
def test_a_function_may_take_more_or_any_number(guest: metaffi.MetaFFIModule, name: str) -> None:
    expected = {"builtin with a default": 6**7, "builtin that does not say": 7}
    assert guest.load_entity("callable=apply")(FITTING[name], 6, 7) == expected.get(name, 42)


def test_wrapping_keeps_defaults(guest: metaffi.MetaFFIModule) -> None:
    def scaled(left: int, right: int, scale: int = 2) -> int:
        return left * right * scale

    def spread(left: int, *rest: int) -> int:
        return left + sum(rest)

    apply = guest.load_entity("callable=apply")
    assert apply(make_metaffi_callable(scaled), 3, 7) == 42
    assert apply(make_metaffi_callable(spread), 35, 7) == 42
    assert apply(make_metaffi_callable(lambda *given: sum(given)), 35, 7) == 42
    assert guest.load_entity("callable=integrate")(lambda x, y=2.0: y, 0.0, 1.0, 10) == 2.0


@pytest.mark.parametrize(
    "function", [lambda left: left, lambda left, right, other: left, lambda: 1, [].append]
)
def test_a_function_that_cannot_take_what_c_gives_is_refused(
    guest: metaffi.MetaFFIModule, function: Callable[..., Any]
) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 0 \(function\).*int64_t \("):
        guest.load_entity("callable=apply")(function, 1, 2)


def test_declared_types_of_an_entity_reach_the_function(guest: metaffi.MetaFFIModule) -> None:
    entity = guest.load_entity(
        "callable=apply", infos("callable", "int64", "int64"), infos("int64")
    )
    assert entity(product, 6, 7) == 42


def test_c_calls_back_with_text_and_without_returns(guest: metaffi.MetaFFIModule) -> None:
    seen = []
    guest.load_entity("callable=each")(lambda index, text: seen.append((index, text)), 3)
    assert seen == [(0, "item 0"), (1, "item 1"), (2, "item 2")]


def test_c_integrates_a_function_of_python(guest: metaffi.MetaFFIModule) -> None:
    area = guest.load_entity("callable=integrate")(math.sin, 0.0, math.pi, 1000)
    assert area == pytest.approx(2.0, abs=1e-5)


def test_an_entity_is_a_callback(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    apply = guest.load_entity("callable=apply")
    assert apply(guest.load_entity("callable=add"), 40, 2) == 42
    assert apply(python_guest.load_entity("callable=add"), 40, 2) == 42
    assert (
        python_guest.load_entity("callable=apply")(guest.load_entity("callable=add"), 40, 2) == 42
    )


def test_a_returned_callable_returns_a_tuple(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    assert callable(guest.load_entity("callable=pick")(True))
    assert guest.load_entity("callable=pick")(True)(6, 7) == (42,)
    assert guest.load_entity("callable=pick")(False)(6, 7) == (13,)
    assert guest.load_entity("callable=apply")(guest.load_entity("callable=pick")(True), 6, 7) == 42


def test_python_calls_a_returned_callable_like_a_function(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    multiply = guest.load_entity("callable=pick")(True)
    assert python_guest.load_entity("callable=apply")(multiply, 6, 7) == 42
    assert multiply(6, 7) == (42,)


def test_a_function_of_this_python_comes_back_as_itself(
    python_guest: metaffi.MetaFFIModule,
) -> None:
    echo = python_guest.load_entity("callable=echo", infos("callable"), infos("callable"))
    assert echo(product) is product
    assert python_guest.load_entity("callable=adder")(3)(4) in (7, (7,))


def test_no_function_is_none(guest: metaffi.MetaFFIModule) -> None:
    guest.load_entity("callable=keep")(None)
    with pytest.raises(MetaFFIError, match=r"argument 0 \(function\)"):
        guest.load_entity("callable=keep")(42.5)


def test_a_wrapped_function_outlives_the_call_that_passed_it(guest: metaffi.MetaFFIModule) -> None:
    wrapped = make_metaffi_callable(product)
    guest.load_entity("callable=keep")(wrapped)
    gc.collect()
    assert guest.load_entity("callable=call_kept")(6, 7) == 42


def test_a_wrapped_function_can_be_called(guest: metaffi.MetaFFIModule) -> None:
    wrapped = make_metaffi_callable(product)
    assert wrapped(6, 7) in (42, (42,))
    assert make_metaffi_callable(wrapped) is wrapped
    add = guest.load_entity("callable=add")
    assert make_metaffi_callable(add) is add


def test_a_wrapped_function_keeps_one_pointer() -> None:
    wrapped = make_metaffi_callable(product)
    assert wrapped.native_pointer == wrapped.native_pointer != 0
    assert wrapped.native_pointer != make_metaffi_callable(product).native_pointer


def test_a_wrapped_function_is_collected() -> None:
    def function(value: int) -> int:
        return value

    gone = weakref.ref(function)
    wrapped = make_metaffi_callable(function)
    assert wrapped.native_pointer
    del function, wrapped
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("use", ["nothing", "pointer", "call", "callback"])
def test_a_wrapped_method_on_its_own_object_is_collected(
    guest: metaffi.MetaFFIModule, use: str
) -> None:
    owner: Any = Multiplier(1)
    owner.wrapped = make_metaffi_callable(owner.method)
    if use == "pointer":
        assert owner.wrapped.native_pointer
    elif use == "call":
        assert owner.wrapped(6, 7) == 42
    elif use == "callback":
        assert guest.load_entity("callable=apply")(owner.wrapped, 6, 7) == 42
    wrapped, gone = owner.wrapped, weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is not None
    assert wrapped(6, 7) == 42
    del wrapped
    gc.collect()
    assert gone() is None


def test_a_wrapped_method_with_defaults_is_collected(guest: metaffi.MetaFFIModule) -> None:
    class Scaler:
        wrapped: Any

        def method(self, left: int, right: int, scale: int = 2) -> int:
            return left * right * scale

    owner = Scaler()
    owner.wrapped = make_metaffi_callable(owner.method)
    assert guest.load_entity("callable=apply")(owner.wrapped, 3, 7) == 42
    wrapped, gone = owner.wrapped, weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is not None
    assert guest.load_entity("callable=apply")(wrapped, 3, 7) == 42
    del wrapped
    gc.collect()
    assert gone() is None


def test_a_method_that_a_guest_keeps_is_not_collected(guest: metaffi.MetaFFIModule) -> None:
    owner: Any = Multiplier(2)
    owner.wrapped = make_metaffi_callable(owner.method)
    wrapped = owner.wrapped
    guest.load_entity("callable=keep")(wrapped)
    del owner
    gc.collect()
    assert guest.load_entity("callable=call_kept")(3, 7) == 42
    guest.load_entity("callable=keep")(None)


def test_what_cannot_be_called_cannot_be_wrapped() -> None:
    with pytest.raises(MetaFFIError, match="int"):
        make_metaffi_callable(3)  # type: ignore[arg-type]


def test_callbacks_nest(guest: metaffi.MetaFFIModule) -> None:
    apply = guest.load_entity("callable=apply")

    def descend(left: int, right: int) -> int:
        return right if left == 0 else int(apply(descend, left - 1, right + 1))

    assert apply(descend, 50, 0) == 50


def test_a_wrong_result_of_a_callback_is_an_error(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match="int64"):
        guest.load_entity("callable=apply")(lambda left, right: "text", 1, 2)


def test_a_callback_of_too_few_parameters_is_an_error(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises((MetaFFIError, TypeError)):
        guest.load_entity("callable=apply")(lambda left: left, 1, 2)


def test_a_callable_can_be_passed_as_an_address(guest: metaffi.MetaFFIModule) -> None:
    address = guest.load_entity("callable=add").native_pointer
    types = [info("size"), info("int64"), info("int64")]
    assert guest.load_entity("callable=apply", types, infos("int64"))(address, 40, 2) == 42


def test_a_callable_is_copied_as_functions_are() -> None:
    made = make_metaffi_callable(product)
    assert copy.copy(made) is made
    assert copy.deepcopy({"made": [made]})["made"][0] is made
