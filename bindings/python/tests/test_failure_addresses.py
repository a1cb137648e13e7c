"""Addresses that stand for a failure, as `(char *)-1`, where text is read."""

from __future__ import annotations

import subprocess

import pytest
from support import infos

import metaffi
from metaffi import MetaFFIError

GUEST = """
    char *text_at(long address) { return (char *)address; }
    int give(int (*callback)(const char *text), long address) {
        return callback((const char *)address);
    }
"""
DECLARATIONS = """
    const char *text_at(long address);
    int give(int (*callback)(const char *text), long address);
    struct named { const char *name; };
"""
ADDRESSES = [-1, -2, -4095]


class Index:
    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


@pytest.fixture(scope="module")
def failing(
    c: metaffi.MetaFFIRuntime, tmp_path_factory: pytest.TempPathFactory
) -> metaffi.MetaFFIModule:
    directory = tmp_path_factory.mktemp("failing")
    (directory / "failing.c").write_text(GUEST)
    path = directory / "libfailing.so"
    flags = ["-shared", "-fPIC", "-o", str(path)]
    subprocess.run(["cc", *flags, str(directory / "failing.c")], check=True)
    module = c.load_module(str(path))
    module.declare(DECLARATIONS)
    return module


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_result_that_stands_for_a_failure_is_no_text(
    failing: metaffi.MetaFFIModule, address: int
) -> None:
    as_text = failing.load_entity("callable=text_at", None, [infos("string8")[0]])
    for given in (address, Index(address)):
        with pytest.raises(MetaFFIError, match=f"{address + 2**64:#x} .* as a handle") as refused:
            as_text(given)
        assert (refused.value.status, refused.value.runtime) == (7, "c")
    assert as_text(0) is None
    as_handle = failing.load_entity("callable=text_at", None, [infos("handle")[0]])
    assert int(as_handle(address)) == address + 2**64
    with pytest.raises(MetaFFIError, match=f"is {address + 2**64:#x}, where nothing is"):
        str(as_handle(address))
    named = failing.new("struct named", {"name": address})
    with pytest.raises(MetaFFIError, match=f"is {address + 2**64:#x}, where nothing is"):
        bytes(named.name)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_callback_is_given_no_text_for_it(failing: metaffi.MetaFFIModule, address: int) -> None:
    seen: list[object] = []

    def callback(text: str) -> int:
        seen.append(text)
        return 0

    with pytest.raises(MetaFFIError, match=f"{address + 2**64:#x}"):
        failing.load_entity("callable=give")(callback, address)
    assert not seen
