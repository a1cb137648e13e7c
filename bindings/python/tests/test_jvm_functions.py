"""Python's functions as instances of interfaces of Java, given by attribute and by entity."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from java import compiled, jvm

import metaffi

# More than it takes until something is remembered.
ROUNDS = 20


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return jvm().load_module(str(compiled("Functions.java", tmp_path_factory.mktemp("functions"))))


@pytest.fixture(scope="module")
def functions(module: Any) -> Any:
    return module.Functions


def test_functions_get_what_the_method_takes(functions: Any) -> None:
    seen: list[Any] = []

    def note(*given: Any) -> bool:
        seen.append(given)
        return True

    for _ in range(ROUNDS):
        assert functions.apply(lambda a, b: a * b, 2**40, 3) == 3 * 2**40
        assert functions.real(lambda a: a / 2, 1) == 0.5
        assert functions.real(lambda a: 2, 1) == 2.0
        assert functions.whole(lambda a: a > 3, 4) is True
        assert functions.longest(lambda *given: sum(given)) == 15
        assert functions.mixed(note) is True
        assert functions.any(lambda a, b: (a, b)[0], "text", None) == "text"
        assert functions.compare(lambda a, b: -1, "a", "b") == -1
    assert set(seen) == {(2**40, 0.5, -3, True)}
    assert {tuple(map(type, given)) for given in seen} == {(int, float, int, bool)}


def test_what_is_kept_is_called_again(module: Any, functions: Any) -> None:
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return count

    supplied = module.load_entity("class=Functions,callable=supplied")
    for _ in range(ROUNDS):
        assert functions.supplied(tick) == count
        assert supplied(tick) == count
        # Nothing is asked of what it gives.
        functions.run(tick)
        assert functions.same(tick, tick)
    assert count == 3 * ROUNDS


def test_results_that_do_not_fit_are_refused_each_time(functions: Any) -> None:
    for _ in range(ROUNDS):
        for wrong in ("text", None, 1.5, 2**70):
            with pytest.raises(metaffi.MetaFFIError):
                functions.supplied(lambda wrong=wrong: wrong)
        with pytest.raises(metaffi.MetaFFIError):
            functions.truth(lambda: 5)


def test_exceptions_are_the_same_outside(functions: Any) -> None:
    failure = KeyError("gone")

    def fails(*_: Any) -> int:
        raise failure

    for _ in range(ROUNDS):
        for name, more in ("supplied", ()), ("apply", (1, 2)):
            with pytest.raises(KeyError) as caught:
                getattr(functions, name)(fails, *more)
            assert caught.value is failure


def test_members_of_an_object_come_before_it(functions: Any) -> None:
    class Both:
        def __call__(self) -> int:
            return 1

        def getAsLong(self) -> int:
            return 2

    class Called:
        def __call__(self) -> int:
            return 3

    for _ in range(ROUNDS):
        assert functions.supplied(Both()) == 2
        assert functions.supplied(Called()) == 3


def test_which_is_meant_is_seen_by_what_is_given(functions: Any) -> None:
    for _ in range(ROUNDS):
        assert functions.meant([1]) == "List"
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            functions.apply("text", 1, 2)
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            functions.apply(object(), "1", 2)


def test_typed_callables_are_given_to_attributes(functions: Any) -> None:
    def plus(a: int, b: int) -> int:
        return a + b

    typed = metaffi.make_metaffi_callable(plus)
    for number in range(ROUNDS):
        assert functions.apply(typed, number, 2) == number + 2
        assert functions.any(typed, number, 2) == number + 2


def test_functions_are_let_go(functions: Any) -> None:
    import weakref

    class Called:
        def __call__(self) -> int:
            return 3

    system, kept = functions.getClassLoader().loadClass("java.lang.System"), []
    for _ in range(ROUNDS):
        given = Called()
        assert functions.supplied(given) == 3
        kept.append(weakref.ref(given))
    del given
    for _ in range(200):
        system.getMethod("gc").invoke(None)
        gc.collect()
        if not any(one() for one in kept):
            return
    raise AssertionError("Java keeps what it was given")
