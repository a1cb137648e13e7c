"""Python functions as C function pointers: what C gives them, what they give C, and how long."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any, Callable

import pytest

import metaffi
from metaffi import MetaFFIError, make_metaffi_callable

LETTERS = b"abcdefghij"


def same(value: Any) -> Any:
    return value


def noted(seen: list[Any], value: Any, result: Any) -> Any:
    seen.append(value)
    return result


def bytes_of(guest: metaffi.MetaFFIModule, pointer: Any, count: int) -> bytes:
    return bytes(guest.cast(f"unsigned char (*)[{count}]", pointer)[0])


@pytest.mark.parametrize("wrap", [same, make_metaffi_callable], ids=["plain", "wrapped"])
def test_a_buffer_is_not_read_beyond_its_end(
    guest: metaffi.MetaFFIModule, wrap: Callable[[Any], Any]
) -> None:
    seen = []

    def write(data: Any, size: Any, count: Any, to: Any) -> Any:
        seen.append((bytes_of(guest, data, size * count), to))
        return count

    def hear(text: Any, length: Any) -> Any:
        seen.append((bytes_of(guest, text, length), None))
        return length

    for function in [write, hear]:
        function.__annotations__.clear()
    assert guest.load_entity("callable=pour")(wrap(write), 10, None) == 10
    assert guest.load_entity("callable=tell")(wrap(hear), 10) == 10
    assert guest.load_entity("callable=tell_int")(wrap(lambda _, text, n: hear(text, n)), 10) == 10
    assert seen == [(LETTERS, None)] * 3


def test_text_is_as_long_as_the_size_behind_it_says(guest: metaffi.MetaFFIModule) -> None:
    seen = []

    def hear(text: str, length: int) -> int:
        seen.append(text)
        return length

    assert guest.load_entity("callable=tell")(hear, 10) == 10
    assert guest.load_entity("callable=tell")(make_metaffi_callable(hear), 3) == 3
    assert seen == ["abcdefghij", "abc"]


def test_a_number_behind_text_is_a_length_only_if_it_is_a_size(
    guest: metaffi.MetaFFIModule,
) -> None:
    seen: list[Any] = []

    def rank(name: str, worth: int) -> int:
        seen.append(name)
        return worth

    rate = guest.load_entity("callable=rate")
    assert rate(rank, "Ada", 1) == 1
    assert rate(lambda name, worth: noted(seen, str(name), worth), "Grace", 2) == 2
    assert seen == ["Ada", "Grace"]


CASES: dict[str, list[Any]] = {
    "char": ["x"],
    "bool": [True, False],
    "float": [0.5, -0.0, 2.0**100],
    "uint64": [0, 2**64 - 1],
    "enum": [0, 6],
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("wrap", [same, make_metaffi_callable], ids=["plain", "wrapped"])
def test_a_value_comes_through_as_it_is(
    guest: metaffi.MetaFFIModule, name: str, wrap: Callable[[Any], Any]
) -> None:
    seen: list[Any] = []
    through = guest.load_entity(f"callable=through_{name}")
    function = wrap(lambda value: noted(seen, value, value))
    for value in CASES[name]:
        assert through(function, value) == value
    assert seen == CASES[name]
    assert [type(value) for value in seen] == [type(value) for value in CASES[name]]


@pytest.mark.parametrize("wrap", [same, make_metaffi_callable], ids=["plain", "wrapped"])
def test_structs_and_pointers_come_through(
    guest: metaffi.MetaFFIModule, wrap: Callable[[Any], Any]
) -> None:
    point = guest.new("struct point", [3.0, 4.0])
    norm = guest.load_entity("callable=through_point")
    assert norm(wrap(lambda it: it.x + it.y), point) == 7.0
    made = guest.load_entity("callable=to_point")(wrap(lambda x: point), 1.0)
    assert (made.x, made.y) == (3.0, 4.0)
    number = guest.new("int32_t[2]", [5, 6])
    back = guest.load_entity("callable=through_pointer")(wrap(lambda it: it), number)
    assert (back[0], back[1]) == (5, 6)
    through = guest.load_entity("callable=through_pointer")
    assert through(wrap(lambda it: None), number) is None
    assert through(wrap(lambda it: it), None) is None
    points = guest.new("struct point[2]", [[1.0, 2.0], [3.0, 4.0]])

    def double(it: Any) -> None:
        it.x *= 2

    double.__annotations__.clear()
    guest.load_entity("callable=visit_points")(wrap(double), points, 2)
    assert (points[0].x, points[1].x, points[1].y) == (2.0, 6.0, 4.0)


def test_more_arguments_than_registers(guest: metaffi.MetaFFIModule) -> None:
    seen: list[Any] = []

    def many(*given: Any) -> Any:
        seen.extend(given)
        return len(given)

    many.__annotations__.clear()
    assert guest.load_entity("callable=through_many")(many) == 18
    expected = [-1, -2, -3, -4, 0.5, 0.25, 1, 2, 3, 2**64 - 1, "c", True, 1.5, 2.5, 5, 6, 7, 8]
    assert seen == expected


def test_a_variadic_function_pointer_takes_functions_of_c_alone(
    guest: metaffi.MetaFFIModule,
) -> None:
    call = guest.load_entity("callable=format_with")
    for function in [lambda text: 0, make_metaffi_callable(lambda text: 0)]:
        with pytest.raises(MetaFFIError, match="only C functions find the arguments behind"):
            call(function)
    assert call(guest.runtime.load_module("stdio.h").load_entity("callable=printf")) == 1


def test_a_plain_function_is_c_s_for_the_call_alone(
    guest: metaffi.MetaFFIModule, library: Path
) -> None:
    seen = []

    def add(left: Any, right: Any) -> Any:
        seen.append((left, right))
        return left + right

    add.__annotations__.clear()
    keep, call_kept = guest.load_entity("callable=keep"), guest.load_entity("callable=call_kept")
    keep(add)
    with pytest.raises(MetaFFIError, match="callable was freed"):
        call_kept(1, 2)
    # Also where what was made for it is used again.
    keep(add)
    assert guest.load_entity("callable=apply")(add, 3, 4) == 7
    with pytest.raises(MetaFFIError, match="callable was freed"):
        call_kept(5, 6)
    assert seen == [(3, 4)]
    keep(None)


def test_a_function_is_lent_as_long_as_the_last_of_the_calls_that_lend_it(
    guest: metaffi.MetaFFIModule,
) -> None:
    apply = guest.load_entity("callable=apply")

    def descend(left: Any, right: Any) -> Any:
        return apply(descend, left - 1, right) + apply(descend, left - 1, 0) if left else right

    descend.__annotations__.clear()
    assert apply(descend, 5, 3) == 3


def test_functions_in_turn_and_anew_are_each_themselves(guest: metaffi.MetaFFIModule) -> None:
    apply = guest.load_entity("callable=apply")
    functions = [lambda left, right, number=number: left + number for number in range(40)]
    for _ in range(3):
        assert [apply(function, 100, 0) for function in functions] == list(range(100, 140))
    for number in range(1000):
        assert apply(lambda left, right, number=number: left + number, 1000, 0) == 1000 + number


def test_a_function_that_was_given_is_collected(guest: metaffi.MetaFFIModule) -> None:
    def function(left: Any, right: Any) -> Any:
        return left

    function.__annotations__.clear()
    for _ in range(2):
        assert guest.load_entity("callable=apply")(function, 1, 2) == 1
    gone = weakref.ref(function)
    del function
    gc.collect()
    assert gone() is None


def test_other_code_of_a_function_is_called_from_then_on(guest: metaffi.MetaFFIModule) -> None:
    def function(left: Any, right: Any) -> Any:
        return left

    function.__annotations__.clear()
    apply = guest.load_entity("callable=apply")
    assert apply(function, 1, 2) == 1
    function.__code__ = (lambda left, right: right).__code__
    assert apply(function, 1, 2) == 2


def test_a_function_in_a_global_lasts(guest: metaffi.MetaFFIModule) -> None:
    call = guest.load_entity("callable=call_guest_hook")
    write = guest.load_entity("global=guest_hook,setter")
    for added in [1, 2]:
        function: Any = lambda number, added=added: number + added
        write(make_metaffi_callable(function) if added == 2 else function)
        del function
        gc.collect()
        assert call(1) == 1 + added
    write(None)
    assert call(1) == -1


def test_a_wrapped_function_that_declares_nothing_is_collected(
    guest: metaffi.MetaFFIModule,
) -> None:
    class Owner:
        wrapped: Any

        def method(self, left, right):  # type: ignore[no-untyped-def]
            return left * right

    owner = Owner()
    owner.wrapped = make_metaffi_callable(owner.method)
    assert guest.load_entity("callable=apply")(owner.wrapped, 6, 7) == 42
    assert guest.load_entity("callable=keep")(owner.wrapped) is None
    assert guest.load_entity("callable=call_kept")(3, 4) == 12
    assert owner.wrapped(2, 3) == 6
    assert owner.wrapped.native_pointer != 0
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None
    with pytest.raises(MetaFFIError, match="callable was freed"):
        guest.load_entity("callable=call_kept")(3, 4)
    guest.load_entity("callable=keep")(None)


@pytest.mark.parametrize("wrap", [same, make_metaffi_callable], ids=["plain", "wrapped"])
def test_a_function_lives_as_long_as_the_pointer_that_was_made_of_it(
    guest: metaffi.MetaFFIModule, wrap: Callable[[Any], Any]
) -> None:
    apply = guest.load_entity("callable=apply")
    pointer = guest.new("int64_t (*)(int64_t, int64_t)", wrap(lambda left, right: left - right))
    gc.collect()
    assert apply(pointer, 9, 2) == 7


def test_what_is_released_is_not_returned_to_c(guest: metaffi.MetaFFIModule) -> None:
    points = guest.new("struct point[100000]", [{"x": 7}])
    point, numbers = points[0], guest.new("int32_t[100000]")
    pointer = guest.new("int32_t *", numbers)
    to_point = guest.load_entity("callable=to_point")
    through_pointer = guest.load_entity("callable=through_pointer")
    assert to_point(lambda value: point, 1.0).x == 7
    assert through_pointer(lambda value: pointer, None) == pointer
    points.release()
    numbers.release()
    with pytest.raises(MetaFFIError, match="released"):
        to_point(lambda value: point, 1.0)
    with pytest.raises(MetaFFIError, match="released"):
        through_pointer(lambda value: pointer, None)


def test_a_function_that_is_given_again_may_run_code_to_say_what_it_takes(
    guest: metaffi.MetaFFIModule,
) -> None:
    integrate = guest.load_entity("callable=integrate")
    others = [eval("lambda x: 0.0") for _ in range(64)]

    class Meddler:
        meddles = False

        def __call__(self, x: float) -> float:
            return 2 * x

        def __getattr__(self, name: str) -> Any:
            if self.meddles:
                self.meddles = False
                for other in others:
                    integrate(other, 0.0, 1.0, 1)
            raise AttributeError(name)

    meddler = Meddler()
    for meddles in [False, True, True]:
        meddler.meddles = meddles
        assert integrate(meddler, 1.0, 1.0 + 1e-9, 1) == pytest.approx(2e-9)
        assert not meddler.meddles
