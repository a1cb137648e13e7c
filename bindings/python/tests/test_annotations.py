"""The types that `make_metaffi_callable` reads from annotations."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, List, Optional, Tuple  # noqa: UP035

import pytest

from metaffi import MetaFFIError, MetaFFITypes, make_metaffi_callable, metaffi_types

INT, FLOAT, STR, BOOL = (
    MetaFFITypes.metaffi_int64_type,
    MetaFFITypes.metaffi_float64_type,
    MetaFFITypes.metaffi_string8_type,
    MetaFFITypes.metaffi_bool_type,
)
ANY, HANDLE = MetaFFITypes.metaffi_any_type, MetaFFITypes.metaffi_handle_type


@pytest.fixture
def known() -> Iterator[dict[str, int]]:
    """The dictionary of types, which is as it was after the test."""
    known = metaffi_types.pytype_to_metaffi_type_dict
    before = dict(known)
    yield known
    known.clear()
    known.update(before)


def types_of(function: Any) -> tuple[list[int], list[int]]:
    wrapped: Any = make_metaffi_callable(function)
    return [one[0] for one in wrapped.params], [one[0] for one in wrapped.returns]


def test_plain_annotations() -> None:
    def function(a: int, b: float, c: str, d: bool, e: list, f: tuple, g: dict) -> int:  # type: ignore[type-arg]
        return 0

    assert types_of(function) == ([INT, FLOAT, STR, BOOL, ANY, ANY, HANDLE], [INT])


def test_generic_annotations() -> None:
    def function(a: list[int], b: tuple[int, str], c: List[int], d: Tuple[int]) -> list[int]:  # noqa: UP006
        return []

    assert types_of(function) == ([ANY, ANY, ANY, ANY], [ANY])


def test_other_annotations_are_handles() -> None:
    def function(a: Any, b: Optional[int], c: ctypes.c_int32, d: object) -> Exception:  # noqa: UP045
        return Exception()

    assert types_of(function) == ([HANDLE] * 4, [HANDLE])


def test_a_function_without_annotations() -> None:
    assert types_of(lambda a, b: a) == ([ANY, ANY], [ANY])
    assert types_of(lambda: 1) == ([], [ANY])


def test_a_tuple_of_types_is_several_returns() -> None:
    def several() -> tuple[int, str, float]:
        return 1, "one", 1.0

    def old() -> Tuple[int, bool]:  # noqa: UP006
        return 1, True

    def bare() -> tuple:  # type: ignore[type-arg]
        return ()

    def any_number() -> tuple[int, ...]:
        return ()

    assert types_of(several) == ([], [INT, STR, FLOAT])
    assert types_of(old) == ([], [INT, BOOL])
    assert types_of(bare) == ([], [ANY])
    assert types_of(any_number) == ([], [ANY])


def test_none_is_no_return() -> None:
    def nothing() -> None:
        pass

    assert types_of(nothing) == ([], [])


def test_the_dictionary_is_read_when_a_function_is_wrapped(known: dict[str, int]) -> None:
    def function(a: ctypes.c_int8, b: int) -> ctypes.c_int8:
        return a

    assert types_of(function) == ([HANDLE, INT], [HANDLE])
    known["c_int8"] = known["c_byte"] = MetaFFITypes.metaffi_int8_type.value
    known["int"] = MetaFFITypes.metaffi_int32_type.value
    small = MetaFFITypes.metaffi_int8_type
    assert types_of(function) == ([small, MetaFFITypes.metaffi_int32_type], [small])


def test_a_name_that_means_nothing_here_is_looked_up_as_it_is(known: dict[str, int]) -> None:
    def function(a: Nowhere, b: int) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        return a

    assert types_of(function) == ([HANDLE, INT], [HANDLE])
    known["Nowhere"] = MetaFFITypes.metaffi_uint8_type.value
    one = MetaFFITypes.metaffi_uint8_type
    assert types_of(function) == ([one, INT], [one])


def test_the_self_of_a_method_is_no_parameter() -> None:
    class Counter:
        def count(self, by: int) -> int:
            return by

        def __call__(self, text: str) -> bool:
            return bool(text)

    assert types_of(Counter().count) == ([INT], [INT])
    assert types_of(Counter()) == ([STR], [BOOL])


def test_what_can_only_be_given_by_name_is_refused() -> None:
    def function(a: int, *, b: int) -> int:
        return a + b

    with pytest.raises(MetaFFIError, match="parameter b"):
        make_metaffi_callable(function)


def test_functions_say_what_they_stand_for() -> None:
    assert metaffi_types.get_callable_types(len) == ((HANDLE,), (ANY,))
    assert metaffi_types.pytype_to_metaffi_type(int) == INT
    assert metaffi_types.pytype_to_metaffi_type(object) == HANDLE
