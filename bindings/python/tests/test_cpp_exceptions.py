"""C++ functions that throw, called from Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import metaffi
from metaffi import MetaFFIError

SOURCE = """
#include <cstdint>
#include <stdexcept>
#include <string>
struct point { double x, y; };
namespace shapes { struct too_round : std::runtime_error { using std::runtime_error::runtime_error; }; }
static void check(int64_t n) {
    if (n == 1) throw shapes::too_round("as a circle");
    if (n == 2) throw 42;
}
extern "C" {
void nothing() { throw std::out_of_range("nothing"); }
int64_t number(int64_t n) { check(n); return n; }
int64_t text(const char *t) { check(static_cast<int64_t>(std::string(t).size())); return 0; }
double method(point *p, int64_t n) { check(n); return p->x; }
point by_value(point p, int64_t n) { check(n); return p; }
int64_t sum(const double *values, int64_t n) { check(n); return static_cast<int64_t>(values[0]); }
int64_t with_callback(int64_t (*f)(int64_t), int64_t n) { int64_t r = f(n); check(n); return r; }
}
"""

DECLARATIONS = """
struct point { double x, y; };
void nothing(void);
int64_t number(int64_t n);
int64_t text(const char *t);
double method(struct point *p, int64_t n);
struct point by_value(struct point p, int64_t n);
int64_t sum(const double *values, int64_t n);
int64_t with_callback(int64_t (*f)(int64_t), int64_t n);
"""


@pytest.fixture(scope="module")
def thrower(
    c: metaffi.MetaFFIRuntime, tmp_path_factory: pytest.TempPathFactory
) -> metaffi.MetaFFIModule:
    if shutil.which("c++") is None:
        pytest.skip("needs a compiler of C++")
    source = tmp_path_factory.mktemp("thrower") / "thrower.cpp"
    library = source.with_name("libthrower.so")
    source.write_text(SOURCE, encoding="utf-8")
    flags = ["-std=c++17", "-O1", "-shared", "-fPIC"]
    subprocess.run(["c++", *flags, str(source), "-o", str(library)], check=True)
    module = c.load_module(f"{library};stdint.h")
    module.declare(DECLARATIONS)
    return module


CALLS: dict[str, Any] = {
    "number": lambda load, point: load("number")(1),
    "slow": lambda load, point: load("number")(n=1),
    "text": lambda load, point: load("text")("x"),
    "method": lambda load, point: load("method")(point, 1),
    "by value": lambda load, point: load("by_value")(point, 1),
    "buffer": lambda load, point: load("sum")(memoryview(point).cast("B").cast("d"), 1),
}


@pytest.mark.parametrize("tag", ["", ",hold_gil"])
@pytest.mark.parametrize("name", CALLS)
def test_an_exception_is_an_error(thrower: metaffi.MetaFFIModule, name: str, tag: str) -> None:
    point = thrower.new("struct point", {"x": 2.5})
    for _ in range(3):
        with pytest.raises(MetaFFIError, match="as a circle") as info:
            CALLS[name](lambda it: thrower.load_entity(f"callable={it}{tag}"), point)
        assert info.value.foreign_type == "shapes::too_round"
        assert info.value.runtime == "c"
    assert thrower.load_entity(f"callable=method{tag}")(point, 7) == 2.5
    # The GIL is there again, and given up by others.
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    point.release()


def test_what_was_thrown_need_not_be_an_exception(thrower: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError) as info:
        thrower.load_entity("callable=number")(2)
    assert info.value.foreign_type == "int"
    with pytest.raises(MetaFFIError, match="nothing"):
        thrower.load_entity("callable=nothing")()


def test_a_callback_and_its_caller_fail(
    thrower: metaffi.MetaFFIModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: reports.append(report.exc_value))
    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            thrower.load_entity("callable=with_callback")(lambda n: n // 0, 1)
    # What is thrown beside is said once a second.
    assert len(reports) < 20
    assert ["as a circle" in str(report) for report in reports[:1]] == [True]
    with pytest.raises(MetaFFIError, match="as a circle"):
        thrower.load_entity("callable=with_callback")(lambda n: n, 1)


def test_arguments_are_given_back(thrower: metaffi.MetaFFIModule) -> None:
    values = bytearray(16)
    with pytest.raises(MetaFFIError, match="as a circle"):
        thrower.load_entity("callable=sum")(memoryview(values).cast("d"), 1)
    values.extend(b"more")
    assert len(values) == 20


def test_the_library_does_not_need_one_of_cpp() -> None:
    library = Path(metaffi.library_path())
    needed = subprocess.run(
        ["readelf", "-d", str(library)], capture_output=True, text=True, check=False
    )
    if needed.returncode != 0:
        pytest.skip("needs readelf")
    assert "libstdc++" not in needed.stdout
