"""Every value of Python for a parameter of every type of C: what C sees of it, or why it is refused."""

from __future__ import annotations

import os
import re
import subprocess
import warnings
from pathlib import Path

import accepted_page
import pytest
from accepted_types import TYPES
from accepted_values import Value, values
from support import GUESTS, infos

import metaffi


@pytest.fixture(scope="module")
def accepting(
    c: metaffi.MetaFFIRuntime, tmp_path_factory: pytest.TempPathFactory
) -> metaffi.MetaFFIModule:
    path = tmp_path_factory.mktemp("accepted") / "libaccepted.so"
    flags = ["-std=gnu11", "-O1", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, str(GUESTS / "accepted.c"), "-o", str(path)], check=True)
    return c.load_module(f"{path};{GUESTS / 'accepted.h'}")


def called(module: metaffi.MetaFFIModule, name: str, value: Value) -> str:
    """What C sees, or `!` and why it is refused."""
    module.expect(value.items, value.bytes)
    entity = module.load_entity(f"callable=take_{name}")
    first = (ord(value.variadic),) if name == "variadic" else ()
    given = value.make(module)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(entity(*first, given))
    except (TypeError, ValueError, OverflowError, metaffi.MetaFFIError) as refusal:
        where = rf"argument {len(first)}( \(value\))?"
        message = str(refusal)
        assert re.match(where, message), message
        assert "another runtime" not in message, message
        return "!" + shortened(re.sub(rf"^{where}(: )?", "", message), given, TYPES[name])


def shortened(message: str, given: object, ctype: str) -> str:
    """A message without what it says of the value, which it must say: alike ones are one row."""
    found = re.match(r"(.*) cannot be given for (.*?): (.*)$", message)
    if found is None or re.match(r"\S+: ", message):  # Of a part, which has a type of its own.
        return message
    described, wanted, advice = found.groups()
    assert wanted == ctype or ctype == "...", message
    kind = type(given).__name__
    assert given is None or kind in described or kind in ("MetaFFIHandle", "MetaFFIData"), message
    return advice


@pytest.fixture(scope="module")
def cells(accepting: metaffi.MetaFFIModule) -> accepted_page.Cells:
    found = {}
    for name, ctype in TYPES.items():
        for value in values():
            if value.variadic or name != "variadic":
                found[ctype, value.text] = called(accepting, name, value)
    return found


def test_what_c_sees_of_each_value_is_what_the_page_says(cells: accepted_page.Cells) -> None:
    if os.environ.get("METAFFI_BLESS"):
        accepted_page.PAGE.write_text(accepted_page.written(cells))
    expected = accepted_page.read()
    wrong = {
        cell: (seen, expected.get(cell))
        for cell, seen in cells.items()
        if seen != expected.get(cell)
    }
    assert not wrong, "docs/python_values.md is out of date: METAFFI_BLESS=1 pytest -k accepted"


def test_the_page_is_as_it_is_written() -> None:
    assert accepted_page.written(accepted_page.read()) == accepted_page.PAGE.read_text()


def test_that_writes_to_a_list_are_lost_is_said_once(accepting: metaffi.MetaFFIModule) -> None:
    entity = accepting.load_entity("callable=take_doubles")
    accepting.expect(2, 0)
    with pytest.warns(RuntimeWarning, match=r"argument 0 \(value\): what C writes to the list"):
        assert entity([1.5, 2]) == "{1.5, 2}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert entity([1, 2]) == "{1, 2}"
        assert accepting.load_entity("callable=take_const_doubles")((1, 2)) == "{1, 2}"


def test_rows_of_constants_are_only_read(accepting: metaffi.MetaFFIModule) -> None:
    # Where the rows are `const`, nothing that C writes is lost.
    accepting.declare(
        'const char *take_const_rows(const double (*value)[4]) __asm__("take_double_rows");'
    )
    accepting.expect(4, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert accepting.take_const_rows([[1, 2, 3, 4]]) == "{{1, 2, 3, 4}}"


def test_what_c_writes_to_a_buffer_is_seen(
    accepting: metaffi.MetaFFIModule, tmp_path: Path
) -> None:
    np = pytest.importorskip("numpy")
    libc = accepting.runtime.load_module("string.h")
    for numbers in (np.ones((2, 2)), np.array(5.0), np.ones(3, np.complex64)):
        libc.load_entity("callable=memset")(numbers, 0, numbers.nbytes)
        assert not numbers.any()


def test_numbers_keep_their_value_or_are_refused(accepting: metaffi.MetaFFIModule) -> None:
    assert accepting.take_float(1 << 24) == "16777216"
    with pytest.raises(metaffi.MetaFFIError, match="16777217 has no exact float32"):
        accepting.take_float((1 << 24) + 1)
    assert accepting.take_int128(-(1 << 127)) == str(-(1 << 127))
    assert accepting.take_ldouble((1 << 64) - 1) == str((1 << 64) - 1)
    with pytest.raises(metaffi.MetaFFIError, match="has no exact long double value"):
        accepting.take_ldouble((1 << 65) + 1)
    assert accepting.take_complex(1 - 2j) == "1-2i"


def test_what_is_more_than_its_memory_stays_what_it_is(
    python3: metaffi.MetaFFIRuntime, tmp_path: Path
) -> None:
    np = pytest.importorskip("numpy")
    guest = tmp_path / "same.py"
    guest.write_text("def same(value):\n    return value\n")
    same = python3.load_module(str(guest)).load_entity(
        "callable=same", [infos("any")[0]], [infos("any")[0]]
    )
    for given in (np.ma.masked_array([1.0, 2.0], [1, 0]), np.datetime64("2026-01-01")):
        assert same(given) is given
