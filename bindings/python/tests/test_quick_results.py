"""Structs and pointers that come back, and structs by value in any company."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import metaffi
from metaffi import MetaFFIError

SOURCE = """
struct odd { int a, b, c; };
struct big { long values[9]; };
struct link { struct link *next; char tag; };
struct odd turned(struct odd odd) { return (struct odd){odd.c, odd.b, odd.a}; }
struct big filled(char tag, struct big big, double more, signed char last, float single) {
    big.values[0] = tag; big.values[7] = (long)more + last; big.values[8] = (long)single;
    return big;
}
struct link linked(struct link *next, char tag) { return (struct link){next, tag}; }
char tag_of(struct link link, char by) { return link.tag + by; }
short total(struct odd odd) { return (short)(odd.a + odd.b + odd.c); }
float half(struct odd odd) { return odd.a / 2.0f; }
struct odd *same(struct odd *odd) { return odd; }
"""


@pytest.fixture(scope="module")
def module(
    c: metaffi.MetaFFIRuntime, tmp_path_factory: pytest.TempPathFactory
) -> metaffi.MetaFFIModule:
    folder: Path = tmp_path_factory.mktemp("results")
    (folder / "results.c").write_text(SOURCE)
    library = folder / "libresults.so"
    flags = ["-std=c11", "-O1", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, str(folder / "results.c"), "-o", str(library)], check=True)
    module = c.load_module(str(library))
    lines = SOURCE.splitlines()
    module.declare(
        "\n".join(line for line in lines if line.startswith("struct") and "(" not in line)
    )
    heads = (line.split(" {")[0] + ";" for line in lines if "(" in line and line[0] != " ")
    module.declare("\n".join(heads))
    return module


def test_structs_of_any_size_come_and_go(module: metaffi.MetaFFIModule) -> None:
    odd = module.new("struct odd", [1, 2, 3])
    turned = module.load_entity("callable=turned")
    for _ in range(3):
        back = turned(odd)
        assert (back.a, back.b, back.c, odd.a) == (3, 2, 1, 1)
        assert turned(back).a == 1
    filled = module.load_entity("callable=filled")
    big = module.new("struct big", [list(range(9))])
    for tag in ("x", b"x", 120):
        back = filled(tag, big, 40, -2, 7.5)
        assert list(back.values) == [120, *range(1, 7), 38, 7]
    assert list(big.values) == list(range(9))


def test_numbers_come_back_of_a_struct(module: metaffi.MetaFFIModule) -> None:
    total, half = (module.load_entity(f"callable={name}") for name in ("total", "half"))
    for _ in range(3):
        assert total(module.new("struct odd", [-1, -2, -40])) == -43
        assert half(module.new("struct odd", [5, 0, 0])) == 2.5


def test_what_points_on_does_so(module: metaffi.MetaFFIModule) -> None:
    linked, tag_of = (module.load_entity(f"callable={name}") for name in ("linked", "tag_of"))
    last = linked(None, "b")
    first = linked(last, "a")
    for _ in range(3):
        assert first.next.tag == "b" and not last.next
        assert tag_of(first, 1) == "b" and tag_of(last, "\1") == "c"


def test_a_struct_of_another_type_is_refused(module: metaffi.MetaFFIModule) -> None:
    turned = module.load_entity("callable=turned")
    odd, big = module.new("struct odd"), module.new("struct big")
    for _ in range(3):
        turned(odd)
        for wrong in (big, module.address(odd, ""), None, 5):
            with pytest.raises(MetaFFIError):
                turned(wrong)


def test_a_pointer_comes_back(module: metaffi.MetaFFIModule) -> None:
    same = module.load_entity("callable=same")
    odd = module.new("struct odd", [1, 2, 3])
    for _ in range(3):
        back = same(odd)
        back.b = 7
        assert odd.b == 7 and same(back).b == 7
        assert same(None) is None
