"""Free-threaded builds of Python run with their GIL enabled once metaffi is imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support import FREE_THREADED

from metaffi import library_path

pytestmark = pytest.mark.skipif(not FREE_THREADED, reason="needs a free-threaded build")

IMPORT = """
import sys
before = sys._is_gil_enabled()
import metaffi
print(before, sys._is_gil_enabled())
print(metaffi.MetaFFIRuntime("c").load_module("stdlib.h").load_entity("callable=abs")(-42))
"""

#: A C program in the process of Python loads the runtime.
LOAD = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
runtime, error = ctypes.c_void_p(), ctypes.c_void_p()
load = library.metaffi_runtime_load
load.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_void_p] * 2
print(load(b"python3", None, 0, ctypes.byref(runtime), ctypes.byref(error)) == 0)
print(sys._is_gil_enabled())
message = library.metaffi_error_message
message.restype, message.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
print(message(error).decode() if error else "")
"""

#: Extension modules that do without the GIL have it enabled, and disabled again, while they load.
RACE = """
import importlib.machinery, importlib.util, sys, threading
import _csv

def reload():
    while not done.is_set():
        loader = importlib.machinery.ExtensionFileLoader("_csv", _csv.__file__)
        spec = importlib.util.spec_from_file_location("_csv", _csv.__file__, loader=loader)
        importlib.util.module_from_spec(spec)

done = threading.Event()
thread = threading.Thread(target=reload)
thread.start()
before = sys.flags.gil
import metaffi
seen = {sys._is_gil_enabled() for _ in range(10000)}
done.set()
thread.join()
print(before, seen, sys._is_gil_enabled())
"""


def run(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHON_GIL"}
    program = [sys.executable, *flags, "-c", code, library_path()]
    return subprocess.run(
        program, capture_output=True, check=False, env=environment, text=True, timeout=60
    )


def test_the_import_enables_the_gil() -> None:
    done = run(IMPORT)
    assert done.stdout.split() == ["False", "True", "42"]
    assert "RuntimeWarning: The global interpreter lock (GIL) has been enabled" in done.stderr


def test_a_gil_that_is_enabled_from_the_start_is_not_spoken_of() -> None:
    done = run(IMPORT, "-X", "gil=1")
    assert (done.stdout.split(), done.stderr) == (["True", "True", "42"], "")


def test_a_gil_that_stays_disabled_is_refused() -> None:
    done = run(IMPORT, "-X", "gil=0")
    assert done.returncode == 1
    assert "ImportError: metaffi cannot be imported" in done.stderr
    assert "PYTHON_GIL=0" in done.stderr


def test_what_other_modules_do_does_not_disable_it() -> None:
    assert run(RACE).stdout.strip() == "None {True} True"


def test_a_program_in_the_process_enables_it_too() -> None:
    assert run(LOAD).stdout.splitlines() == ["True", "True", ""]


def test_a_program_in_the_process_is_refused_without_it() -> None:
    loaded, enabled, message = run(LOAD, "-X", "gil=0").stdout.splitlines()
    assert (loaded, enabled) == ("False", "False")
    assert "runs without its GIL" in message
