"""Headers of big programs, whole: several in one path, which see each other's macros."""

from __future__ import annotations

import ctypes.util
import subprocess
from pathlib import Path

import pytest

import metaffi


def folder_of(header: str, places: str) -> str:
    """The one folder below /usr that has a header; otherwise the test is skipped by its name."""
    for found in sorted(Path("/usr").glob(places)):
        if (found / header).exists():
            return str(found)
    pytest.skip(f"needs {header}")


def library(name: str) -> str:
    return ctypes.util.find_library(name) or pytest.skip(f"needs {name}")


def compiled(folder: Path, include: list[str], headers: list[str], asked: list[str]) -> list[int]:
    """What the compiler says of the same headers."""
    lines = [f'#include "{header}"' for header in headers]
    # Perl gives the names of stdio other meanings.
    lines += ["#undef printf", "#include <stdio.h>", "int main(void) {"]
    lines += [f'printf("%lld\\n", (long long)({one}));' for one in asked]
    (folder / "asked.c").write_text("\n".join([*lines, "return 0; }"]))
    options = [f"-I{one}" for one in include]
    command = [
        "cc",
        "-w",
        *options,
        "asked.c",
        "-Wl,--unresolved-symbols=ignore-all",
        "-o",
        "asked",
    ]
    subprocess.run(command, check=True, cwd=folder)
    done = subprocess.run(["./asked"], capture_output=True, check=True, cwd=folder, timeout=60)
    return [int(line) for line in done.stdout.split()]


def test_perl(c: metaffi.MetaFFIRuntime, tmp_path: Path) -> None:
    core = folder_of("perl.h", "lib/*/perl*/*/CORE")
    headers = ["EXTERN.h", "perl.h", "XSUB.h"]
    perl = c.load_module(";".join([library("perl"), *headers]), include_dirs=core)
    constants = ["PERL_VERSION", "SVf_IOK", "SVt_PVMG", "G_SCALAR", "PERL_REVISION"]
    types = ["struct interpreter", "SV", "struct op", "XPVMG", "struct regexp"]
    ours = [getattr(perl, name) for name in constants] + [perl.sizeof(name) for name in types]
    asked = constants + [f"sizeof({name})" for name in types]
    assert ours == compiled(tmp_path, [core], headers, asked)
    assert "unsupported" not in perl.describe()
    interpreter = perl.perl_alloc()
    perl.perl_construct(interpreter)
    assert perl.perl_destruct(interpreter) == 0
    perl.perl_free(interpreter)


def test_ruby(c: metaffi.MetaFFIRuntime, tmp_path: Path) -> None:
    include = [
        folder_of("ruby.h", "include/ruby-*"),
        folder_of("ruby/config.h", "include/*/ruby-*"),
    ]
    ruby = c.load_module("ruby.h", include_dirs=include)
    constants = ["RUBY_T_STRING", "RUBY_Qnil", "RUBY_T_MASK", "RUBY_FL_FREEZE"]
    types = ["struct RString", "struct RArray", "VALUE", "struct rb_data_type_struct"]
    ours = [getattr(ruby, name) for name in constants] + [ruby.sizeof(name) for name in types]
    asked = constants + [f"sizeof({name})" for name in types]
    assert ours == compiled(tmp_path, include, ["ruby.h"], asked)
    assert "unsupported" not in ruby.describe()


def test_quadmath(c: metaffi.MetaFFIRuntime) -> None:
    headers = subprocess.run(
        ["cc", "-E", "-"], input=b"#include <quadmath.h>\n", capture_output=True, check=False
    )
    if headers.returncode:
        pytest.skip("needs quadmath.h")
    quadmath = c.load_module(f"{library('quadmath')};quadmath.h")
    assert (quadmath.sizeof("__float128"), quadmath.FLT128_MANT_DIG) == (16, 113)
    named = {one["name"] for one in quadmath.describe()["unsupported"]}
    assert "__complex128" in named and "cabsq" in named and "sqrtq" not in named
