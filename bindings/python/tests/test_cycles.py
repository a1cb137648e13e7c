"""C data that was made to point to what refers to it: the garbage collector finds it."""

from __future__ import annotations

import gc
import weakref
from typing import Any, Callable

import pytest
from test_leaks import SLACK, resident

import metaffi
from metaffi import make_metaffi_callable

TYPES = """
struct ring {
    int64_t value;
    struct ring *next;
    struct ring **all;
    int64_t (*call)(int64_t);
    int64_t (*sum)(int64_t, int64_t);
};
"""

Make = Callable[[metaffi.MetaFFIModule], Any]


@pytest.fixture(scope="module")
def module(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    module = c.load_module("stdint.h")
    module.declare(TYPES)
    return module


def collect() -> None:
    for _ in range(3):
        gc.collect()


def ring(module: metaffi.MetaFFIModule, value: int = 0) -> Any:
    return module.new("struct ring", {"value": value})


def function(module: metaffi.MetaFFIModule) -> Any:
    one = ring(module)

    def call(number: int) -> int:
        return int(one.value) + number

    one.call = call
    return call


def initial(module: metaffi.MetaFFIModule) -> Any:
    kept: list[Any] = []

    def call(number: int) -> int:
        return len(kept)

    kept.append(module.new("struct ring", {"call": call}))
    return call


def declared(module: metaffi.MetaFFIModule) -> Any:
    """By an object that has declared types, which refers to itself."""
    one = ring(module)

    def call(number: int) -> int:
        return int(one.value) + hash(wrapped)

    wrapped = make_metaffi_callable(call)
    one.call = wrapped
    return call


def variadic(module: metaffi.MetaFFIModule) -> Any:
    one = ring(module)

    def call(*numbers: Any) -> int:
        return int(one.value) + len(numbers)

    one.call, one.sum = call, call
    assert one.sum(1, 2) == (2,)
    return call


def declared_variadic(module: metaffi.MetaFFIModule) -> Any:
    one = ring(module)

    def call(*numbers: Any) -> int:
        return int(one.value) + len(numbers) + bool(wrapped)

    wrapped = make_metaffi_callable(call)
    one.call, one.sum = wrapped, wrapped
    assert one.call(1) == (2,)
    return call


def two(module: metaffi.MetaFFIModule) -> Any:
    one, other = ring(module), ring(module)
    one.next, other.next = other, one
    return one


def both(module: metaffi.MetaFFIModule) -> Any:
    """Two that point at each other, and a function that refers to both."""
    one, other = ring(module), ring(module)
    one.next, other.next = other, one

    def call(number: int) -> int:
        return int(one.value) + int(other.value)

    one.call = other.call = call
    return call


def addresses(module: metaffi.MetaFFIModule) -> Any:
    one, other = ring(module), ring(module)
    one.next, other.next = module.address(other), module.address(one)

    def call(number: int) -> int:
        return number

    one.call = call
    return call


def pointer(module: metaffi.MetaFFIModule) -> Any:
    one = module.address(ring(module))

    def call(number: int) -> int:
        return int(one.value) + number

    one.call = call
    return call


def element(module: metaffi.MetaFFIModule) -> Any:
    several = module.new("struct ring[3]")

    def call(number: int) -> int:
        return int(several[1].value) + number

    several[1].call = call
    return call


def children(module: metaffi.MetaFFIModule) -> Any:
    """A list that becomes memory of its own."""
    parent, child = ring(module), ring(module)
    parent.all, child.next = [child], parent

    def call(number: int) -> int:
        return number

    parent.call = call
    return call


def released(module: metaffi.MetaFFIModule) -> Any:
    one, other = ring(module), ring(module)
    one.next, other.next = other, one

    def call(number: int) -> int:
        return number

    one.call = call
    one.release()
    other.release()
    return call


CYCLES: list[Make] = [
    function,
    initial,
    declared,
    variadic,
    declared_variadic,
    two,
    both,
    addresses,
    pointer,
    element,
    children,
    released,
]


@pytest.mark.parametrize("make", CYCLES)
def test_a_cycle_is_collected(module: metaffi.MetaFFIModule, make: Make) -> None:
    gone = [weakref.ref(make(module)) for _ in range(20)]
    collect()
    assert [one() for one in gone] == [None] * 20


@pytest.mark.parametrize("make", [function, variadic, two, both])
def test_memory_is_flat(module: metaffi.MetaFFIModule, make: Make) -> None:
    for _ in range(2_000):
        make(module)
    collect()
    before = resident()
    for _ in range(20_000):
        make(module)
    collect()
    assert resident() - before < SLACK


def kept_by_list(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    everything = [one]
    return lambda: everything[0]


def kept_by_pointer(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    pointer = module.address(one)
    return lambda: pointer


def kept_by_other(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    other = ring(module)
    other.next = one
    return lambda: other.next


def kept_by_address_in_other(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    other = ring(module)
    other.next = module.address(one)
    return lambda: other.next


def kept_by_released(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    other = ring(module)
    other.next = one
    one.release()
    return lambda: other.next


def kept_by_array(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    other = ring(module)
    other.all = [one]
    return lambda: other.all[0]


def kept_by_last_pointer(module: metaffi.MetaFFIModule, one: Any) -> Callable[[], Any]:
    """What a pointer was made to point to stays though the pointer moves on."""
    pointer, other = module.new("void *", one), ring(module)
    other.next = pointer
    pointer.value = ring(module)
    return lambda: other.next


KEEPERS = [
    kept_by_list,
    kept_by_pointer,
    kept_by_other,
    kept_by_address_in_other,
    kept_by_released,
    kept_by_array,
    kept_by_last_pointer,
]


@pytest.mark.parametrize("keep", KEEPERS)
def test_what_is_kept_elsewhere_stays(
    module: metaffi.MetaFFIModule, keep: Callable[..., Callable[[], Any]]
) -> None:
    def make() -> tuple[Callable[[], Any], Any]:
        one, other = ring(module, 40), ring(module, 2)
        one.next, other.next = other, one
        held = [other]

        def call(number: int) -> int:
            return int(held[0].value) + number

        one.call = other.call = call
        return keep(module, one), weakref.ref(call)

    for _ in range(20):
        get, gone = make()
        collect()
        again = get()
        assert again.call(1) == (3,)
        assert again.next.call(2) == (4,)
        assert again.next.next.value == 40
        assert gone() is not None


def test_a_pointer_that_moves_on_keeps_what_is_new(module: metaffi.MetaFFIModule) -> None:
    one, first, second = ring(module), ring(module, 1), ring(module, 2)
    gone = weakref.ref(first), weakref.ref(second)
    one.next = first
    one.next = second
    del first, second
    collect()
    assert [ref() is None for ref in gone] == [True, False]
    assert one.next.value == 2
    one.next = None
    collect()
    assert gone[1]() is None


def test_memory_that_is_pointed_to_goes_with_the_last_pointer(
    module: metaffi.MetaFFIModule,
) -> None:
    one, other = ring(module), ring(module, 5)

    def call(number: int) -> int:
        return number

    other.call, gone = call, weakref.ref(call)
    one.next = other
    del call
    other.release()
    assert one.next.value == 5
    with pytest.raises(AttributeError, match="released"):
        _ = other.value
    one.next = None
    collect()
    # Though `other` is there still.
    assert gone() is None


def test_a_long_ring_is_collected(module: metaffi.MetaFFIModule) -> None:
    first = last = ring(module)
    gone = weakref.ref(first)
    for _ in range(60_000):
        following = ring(module)
        last.next, last = following, following
    last.next = first
    del first, last, following
    collect()
    assert gone() is None
