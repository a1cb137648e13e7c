"""Where memory is short: MemoryError, whatever size a program asks for, and never an abort."""

from __future__ import annotations

import sys

import pytest
from support import output_of

import metaffi
from metaffi import MetaFFIMemoryError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

PROGRAM = """
import resource, sys
import metaffi
from metaffi import MetaFFITypes, metaffi_type_info

c = metaffi.MetaFFIRuntime("c").load_module("string.h")
c.declare('''
    struct pair { int one, other; };
    struct node { const char *name; };
    struct huge { char first[1 << 30], second[1 << 30]; };
    size_t doubles(const double *values) __asm__("strlen");
    size_t pairs(const struct pair *values) __asm__("strlen");
    size_t texts(const char **texts) __asm__("strlen");
    int print(char *to, size_t room, const char *format, ...) __asm__("snprintf");
''')
builtins = metaffi.MetaFFIRuntime("python3").load_module("builtins")
MB = 1 << 20

def limit(megabytes):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * MB,) * 2)

def typed(name, kind):
    info = metaffi_type_info(getattr(MetaFFITypes, f"metaffi_{kind}_type"), None, int("array" in kind))
    return builtins.load_entity(f"callable={name}", [info], [info])

def given(value, call):
    limit(20)
    call(value)

CASES = {
    "array": lambda: given(1 << 30, lambda n: c.new("int[]", n)),
    "struct": lambda: given("struct huge", c.new),
    "structs": lambda: given("struct huge[7]", c.new),
    "bytes": lambda: given(b"x" * (40 * MB), lambda data: c.new("char[]", data)),
    "numbers": lambda: given((1,) * (8 * MB), lambda items: c.new("int[]", items)),
    "records": lambda: given(({"one": 1},) * (4 * MB), lambda items: c.new("struct pair[]", items)),
    "doubles": lambda: given((1.0,) * (8 * MB), c.doubles),
    "pairs": lambda: given([{"one": 1}] * (4 * MB), c.pairs),
    "texts": lambda: given(("text",) * (4 * MB), c.texts),
    "text": lambda: given("\\xe9" * (40 * MB), c.strlen),
    "behind ...": lambda: given("x" * (40 * MB), lambda text: c.print(None, 0, "%s", text)),
    "field": lambda: given("x" * (40 * MB), lambda text: setattr(c.new("struct node"), "name", text)),
    "slice": lambda: given(c.new("int[]", 8 * MB), lambda data: data[:]),
    "whole": lambda: given(c.new("int[]", 16 * MB), bytes),
    "comment": lambda: given(f"/*{'x' * (40 * MB)}*/ int zero(void);", c.declare),
    "declarations": lambda: given("".join(f"int f{n}(int);" for n in range(300000)), c.declare),
    "type": lambda: given("int" + "*" * (30 * MB), c.new),
    "path": lambda: given("callable=" + "x" * (30 * MB), c.load_entity),
    "attribute": lambda: given("x" * (30 * MB), lambda name: getattr(c.new("struct pair"), name)),
    "any": lambda: given([1, "text"] * MB, typed("list", "any")),
    "int64": lambda: given([1] * (8 * MB), typed("list", "int64_array")),
    "string8": lambda: given(["text" * 30] * MB, typed("list", "string8_array")),
}
if len(sys.argv) == 1:
    print(*CASES, sep=",")
else:
    try:
        CASES[sys.argv[1]]()
    except MemoryError:
        print("MemoryError")
"""

CASES = [
    "array", "struct", "structs", "bytes", "numbers", "records", "doubles", "pairs", "texts",
    "text", "behind ...", "field", "slice", "whole", "comment", "declarations", "type", "path",
    "attribute", "any", "int64", "string8",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_there_is_no_memory_for_is_a_memory_error(case: str) -> None:
    assert output_of(PROGRAM, case) == "MemoryError"


def test_every_case_is_run() -> None:
    assert output_of(PROGRAM).split(",") == CASES


def test_a_memory_error_is_both(c: metaffi.MetaFFIRuntime) -> None:
    with pytest.raises(MetaFFIMemoryError) as info:
        c.load_module("stdlib.h").new("char[]", 1 << 60)
    assert isinstance(info.value, MemoryError)
    assert isinstance(info.value, metaffi.MetaFFIError)


def test_more_arguments_than_a_call_can_have(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("stdio.h")
    for arguments in ([0] * 1000, [0] * 100_000):
        with pytest.raises(metaffi.MetaFFIError, match="at most 512"):
            libc.snprintf(None, 0, "", *arguments, format="")
