"""What the tests share."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import metaffi
from metaffi import MetaFFITypes, metaffi_type_info

# A free-threaded Python enables its GIL when it imports metaffi, and warns of it; the processes of
# the tests start with it.
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
ENABLED = ["-X", "gil=1"] if FREE_THREADED else []

# What a program begins with that must not grow: it ends with a MemoryError long before the machine
# has none left.
LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2)
"""

GUESTS = Path(__file__).resolve().parent / "guests"


def info(name: str, alias: str | None = None, dims: int = 0) -> metaffi_type_info:
    """The type info of a type's bare name, such as `int64_array`."""
    return metaffi_type_info(MetaFFITypes[f"metaffi_{name}_type"], alias, dims)


def infos(*names: str) -> list[metaffi_type_info]:
    return [info(name) for name in names]


def echo(module: metaffi.MetaFFIModule, name: str, dims: int = 0) -> metaffi.MetaFFIEntity:
    """The Python guest's `echo` for one type, in and out."""
    one = info(name, dims=dims)
    return module.load_entity("callable=echo", [one], [one])


def run_python(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs code, or a file, in a process of its own, with this interpreter and this package."""
    program = [code] if code.endswith(".py") else ["-c", code]
    return subprocess.run(
        [sys.executable, *ENABLED, *program, *arguments],
        capture_output=True,
        check=False,
        cwd=GUESTS,
        env={**os.environ, **variables},
        text=True,
        timeout=60,
    )


def output_of(code: str, *arguments: str, **variables: str) -> str:
    """What the code prints; it must succeed and have nothing to complain about."""
    done = run_python(code, *arguments, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()
