"""A process from its beginning to its end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support import ENABLED, GUESTS, LIMITED, output_of, run_python

HEAVY = ["ctypes", "inspect", "typing", "json", "dataclasses", "asyncio", "numpy", "logging"]


@pytest.mark.skipif("METAFFI_LIBRARY" in os.environ, reason="importlib.util loads that library")
def test_the_import_brings_nothing_heavy() -> None:
    code = f"""
import sys
before = set(sys.modules)
import metaffi
print(sorted(set({HEAVY!r}) & (set(sys.modules) - before)))
"""
    assert output_of(code) == "[]"


def test_the_import_loads_no_runtime() -> None:
    code = """
import metaffi
runtime = metaffi.MetaFFIRuntime("no such runtime")
module = runtime.load_module("no such module")
print(runtime, module)
"""
    text = "MetaFFIRuntime('no such runtime')"
    assert output_of(code) == f"{text} MetaFFIModule({text}, 'no such module')"


def test_a_process_may_end_without_a_word() -> None:
    code = """
import metaffi
strlen = metaffi.MetaFFIRuntime("c").load_module("string.h").load_entity("callable=strlen")
loads = metaffi.MetaFFIRuntime("python3").load_module("json").load_entity("callable=loads")
print(strlen("four"), loads("[1]"))
"""
    assert output_of(code) == "4 [1]"


def test_a_process_ends_with_everything_still_in_use(c_path: str) -> None:
    code = """
import atexit, sys, threading
import metaffi

guest = metaffi.MetaFFIRuntime("c").load_module(sys.argv[1])
add, apply = guest.load_entity("callable=add"), guest.load_entity("callable=apply")
record = guest.load_entity("callable=new_record")("kept", 1)
product = metaffi.make_metaffi_callable(lambda left, right: left)
guest.load_entity("callable=keep")(product)
runtime = metaffi.MetaFFIRuntime("python3")
scope = runtime.scope()
scope.__enter__()
scope.__exit__(None, None, None)

class Late:
    def __del__(self):
        add(1, 2)

late = Late()
late.cycle = late
atexit.register(lambda: print(apply(lambda left, right: left * right, 6, 7)))
waiting = guest.load_entity("callable=wait_at_gate")
threading.Thread(target=waiting, args=(60_000,), daemon=True).start()
print("end")
"""
    assert output_of(code, c_path) == "end\n42"


def test_a_process_ends_with_an_error_uncaught() -> None:
    code = """
import sys
import metaffi
sys.path.insert(0, ".")
metaffi.MetaFFIRuntime("python3").load_module("metaffi_guest").load_entity("callable=fail")("bad")
"""
    done = run_python(code)
    assert done.returncode == 1
    assert "ValueError: bad" in done.stderr.splitlines()[-1]
    assert "MetaFFIError" in done.stderr
    assert "in fail" in done.stderr


def test_the_running_interpreter_is_the_guest() -> None:
    code = """
import os, sys, threading
import metaffi
module = metaffi.MetaFFIRuntime("python3").load_module("os;sys;threading")
print(module.load_entity("callable=getpid")() == os.getpid())
print(module.load_entity("attribute=modules")() is sys.modules)
print(module.load_entity("callable=get_ident")() == threading.get_ident())
"""
    assert output_of(code).split() == ["True"] * 3


def test_no_second_python_is_loaded() -> None:
    code = """
import metaffi
metaffi.MetaFFIRuntime("python3").load_module("json").load_entity("callable=loads")("1")
with open("/proc/self/maps") as maps:
    names = {line.split()[-1] for line in maps if "libpython" in line or "libmetaffi" in line}
print(len([name for name in names if "libpython" in name]) <= 1)
print(len([name for name in names if "libmetaffi" in name]))
"""
    assert output_of(code).split() == ["True", "1"]


@pytest.mark.parametrize("flags", [["-I"], ["-S"], ["-X", "dev"], ["-O"], ["-W", "error"]])
def test_the_import_under_flags_of_python(flags: list[str]) -> None:
    import metaffi

    code = """
import sys
sys.path.insert(0, sys.argv[1])
import metaffi
add = metaffi.MetaFFIRuntime("c").load_module("stdlib.h").load_entity("callable=abs")
print(add(-42))
"""
    place = metaffi.__file__.rsplit("/", 2)[0]
    done = subprocess.run(
        [sys.executable, *ENABLED, *flags, "-c", code, place],
        capture_output=True,
        check=False,
        cwd=GUESTS,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)


# What calls itself again by way of another language, and says so to `ended`.
RECURSING = {
    "a function that is one function pointer": """
def compare(left, right):
    qsort(data, 2, 1, compare)
    return 0

begin = lambda: compare(None, None)
""",
    "functions that are each a new one": """
def compare(left, right):
    qsort(data, 2, 1, lambda left, right: compare(left, right))
    return 0

begin = lambda: compare(None, None)
""",
    "objects that are called": """
class Comparing:
    def __call__(self, left, right):
        qsort(data, 2, 1, Comparing())
        return 0

begin = lambda: Comparing()(None, None)
""",
    "a callable": """
compare = metaffi.make_metaffi_callable(lambda left, right: qsort(data, 2, 1, compare) or 0)
begin = lambda: qsort(data, 2, 1, compare)
""",
    "an entity of Python": """
def again(depth: int) -> int:
    return entity(depth + 1)

module = sys.modules["recursing"] = types.ModuleType("recursing")
module.again = again
entity = metaffi.MetaFFIRuntime("python3").load_module("recursing").load_entity("callable=again")
begin = lambda: entity(0)
""",
}


@pytest.mark.parametrize("size", [0, 256 << 10, 64 << 20])
@pytest.mark.parametrize("limit", [1000, 10**5])
@pytest.mark.parametrize("way", RECURSING)
def test_recursion_by_way_of_others_ends_before_the_stack_and_memory_do(
    way: str, limit: int, size: int
) -> None:
    code = f"""
{LIMITED}
import sys, threading, types
import metaffi

qsort = metaffi.MetaFFIRuntime("c").load_module("stdlib.h").load_entity("callable=qsort")
data = bytearray(b"ab")
sys.setrecursionlimit({limit})
{RECURSING[way]}
def run():
    try:
        begin()
    except (RecursionError, metaffi.MetaFFIError) as error:
        if "Recursion" in repr(error):
            print("ended")

if {size}:
    threading.stack_size({size})
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
# That of this program: what getrusage gives is at least that of the process that started it.
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
if peak > 300 << 10:
    print(peak, "kB")
"""
    assert output_of(code) == "ended"
