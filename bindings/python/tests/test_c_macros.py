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


def test_fields_that_are_macros_through_pointers(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("libc.so.6;netdb.h")
    host = libc.gethostbyname("127.0.0.1")
    first = metaffi.buffer(host.h_addr, host.h_length)
    assert bytes(first) == b"\x7f\0\0\1"
    own = libc.new("struct hostent")
    own.h_addr_list = libc.new("char *[2]")
    own.h_addr = kept = libc.new("char[]", "abc")
    found = (own.h_addr_list[0], own["h_addr"], own.h_addr)
    places = [int(libc.cast("size_t", one)) for one in (*found, libc.address(kept))]
    assert len(places) == 4 and len({*places}) == 1
    with pytest.raises(metaffi.MetaFFIError, match="NULL"):
        libc.new("struct hostent").h_addr  # noqa: B018


def test_macros_of_fields_that_come_late(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("libc.so.6")
    module.declare("struct early { struct { int b; } in; int *list; struct early *next; };")
    early = module.new("struct early", [[5]])
    with pytest.raises(AttributeError, match="first"):
        early.first  # noqa: B018
    module.declare("#define first in.b\n#define third list[2]\n#define endless next->endless\n")
    early.first += 1
    assert (early.first, early["first"], early["in.b"]) == (6, 6, 6)
    early.list = module.new("int[3]", [7, 8, 9])
    early.third *= 2
    assert (early.third, early.list[2]) == (18, 18)
    early.next = early
    with pytest.raises(AttributeError, match="endless"):
        early.endless  # noqa: B018
    early.next = None


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


def test_a_flexible_array_of_a_struct_whose_fields_have_other_names(
    c: metaffi.MetaFFIRuntime,
) -> None:
    module = c.load_module("")
    module.declare("struct row { struct { int n; } head; int items[]; };\n#define row_n head.n\n")
    row = module.new("struct row", {"row_n": 3, "items": [1, 2, 3]})
    assert (row.head.n, list(row.items)) == (3, [1, 2, 3])
    assert list(module.new("struct row", [[2], [4, 5]]).items) == [4, 5]
