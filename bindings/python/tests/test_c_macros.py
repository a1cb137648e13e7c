"""Macros of C headers: constants that are pointers, other names, and names of members."""

from __future__ import annotations

import os

import pytest

import metaffi

HEADERS = "libc.so.6;sys/stat.h;signal.h;netinet/in.h"


@pytest.fixture(scope="module")
def libc(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    return c.load_module(HEADERS)


def test_fields_that_are_macros(libc: metaffi.MetaFFIModule) -> None:
    status = libc.new("struct stat")
    assert libc.stat(__file__, status) == 0
    assert status.st_mtime == int(os.stat(__file__).st_mtime)
    libc.new("struct sigaction").sa_handler  # noqa: B018
    address = libc.new("struct in6_addr")
    address.s6_addr[15] = 1
    assert bytes(memoryview(address)) == bytes(15) + b"\x01"
    with pytest.raises(AttributeError, match="st_nothing"):
        status.st_nothing  # noqa: B018


def test_functions_by_other_names(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("libc.so.6")
    module.declare("int abs(int);\n#define magnitude abs\n#define absolute magnitude\n")
    assert module.absolute(-3) == 3
    assert "absolute" in dir(module)


def test_addresses(libc: metaffi.MetaFFIModule) -> None:
    path, size = "constant=SIG_IGN", metaffi.metaffi_types.MetaFFITypes.metaffi_size_type
    info = metaffi.metaffi_types.metaffi_type_info(size)
    assert libc.load_entity(path, None, [info])() == 1
    assert "0x1" in repr(libc.load_entity(path)())
