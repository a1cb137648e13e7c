"""Entities as plain C functions, for ctypes and cffi."""

from __future__ import annotations

import ctypes

import pytest

import metaffi

BINARY = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)


def test_ctypes_calls_a_c_function(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add")
    assert BINARY(add.native_pointer)(40, 2) == 42
    assert add.native_pointer == add.native_pointer


def test_ctypes_calls_a_function_of_the_python_guest(python_guest: metaffi.MetaFFIModule) -> None:
    add = python_guest.load_entity("callable=add")
    assert BINARY(add.native_pointer)(40, 2) == 42


def test_ctypes_calls_a_wrapped_function() -> None:
    def product(left: int, right: int) -> int:
        return left * right

    wrapped = metaffi.make_metaffi_callable(product)
    assert BINARY(wrapped.native_pointer)(6, 7) == 42


def test_c_calls_a_function_of_the_python_guest(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    add = python_guest.load_entity("callable=add")
    assert guest.load_entity("callable=from_threads")(add, 2, 10) == sum(
        thread + call for thread in range(2) for call in range(10)
    )


def test_cffi_calls_a_c_function(guest: metaffi.MetaFFIModule) -> None:
    cffi = pytest.importorskip("cffi")
    add = guest.load_entity("callable=add")
    function = cffi.FFI().cast("int64_t (*)(int64_t, int64_t)", add.native_pointer)
    assert function(40, 2) == 42
