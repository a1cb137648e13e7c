"""What GNU C says by attributes and pragmas: the compiler's own answers, and ours."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

import metaffi

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """
int before(int);
#pragma redefine_extname before real_before
#pragma redefine_extname after real_after
#pragma redefine_extname after never
#pragma redefine_extname labelled never
int after(int);
extern int counter;
#pragma redefine_extname counter real_counter
extern int hidden __asm__("real_hidden");
int labelled(int) __asm__("real_labelled");

typedef enum __attribute__((mode(HI))) { HALF_LOW = -2, HALF_ONE = 1, HALF_BIG = 300 } half;
struct of_half { char c; half h; char d; };
half next_half(half h);
struct of_half swapped(struct of_half s);
typedef int tiny __attribute__((mode(QI)));
tiny next_tiny(tiny t);
typedef unsigned wide __attribute__((mode(DI)));
wide next_wide(wide w);

struct __attribute__((packed)) tight { char c; int i; double d; __int128 w; };
struct tight next_tight(struct tight t);
struct with_128 { char c; __int128 i; unsigned __int128 u; };
struct with_128 next_128(struct with_128 w);
struct with_complex { char c; double _Complex z; float _Complex f; };
struct with_complex next_complex(struct with_complex w);
struct with_float128 { char c; _Float128 f; long double l; };
struct with_float128 next_float128(struct with_float128 w);

typedef float lanes __attribute__((vector_size(16)));
struct with_lanes { int n; lanes v; };
float sum(struct with_lanes s);
lanes twice(lanes v);

struct tail { int kind; union { unsigned char bytes[0]; unsigned short words[0]; }; };
int tail_size(const struct tail *t);

typedef union { int *i; const char *c; void *v; } __attribute__((transparent_union)) anything;
int first_byte(anything p);
"""

# The same names as those of the pragmas and labels, with other answers.
WRONG = """
int before(int x) { return -1; }
int after(int x) { return -1; }
int never(int x) { return -1; }
int labelled(int x) { return -1; }
int counter = -1, hidden = -1;
"""

SOURCE = """
#include "extensions.h"
int counter = 11;
int hidden = 12;
int before(int x) { return x + 100; }
int after(int x) { return x + 200; }
int labelled(int x) { return x + 300; }
half next_half(half h) { return h + 1; }
struct of_half swapped(struct of_half s) { return (struct of_half){s.d, s.h * 2, s.c}; }
tiny next_tiny(tiny t) { return t + 1; }
wide next_wide(wide w) { return w + 1; }
struct tight next_tight(struct tight t) { t.c++; t.i++; t.d++; t.w++; return t; }
struct with_128 next_128(struct with_128 w) { w.c++; w.i++; w.u++; return w; }
struct with_complex next_complex(struct with_complex w) { w.c++; w.z++; w.f++; return w; }
struct with_float128 next_float128(struct with_float128 w) { w.c++; w.f++; w.l++; return w; }
float sum(struct with_lanes s) { return s.v[0] + s.v[1] + s.v[2] + s.v[3] + s.n; }
lanes twice(lanes v) { return v * 2; }
int tail_size(const struct tail *t) { return sizeof *t + t->kind; }
int first_byte(anything p) { return *p.c; }
"""

# Each is C and Python; the second is what Python writes for the first, if that is not the same.
QUESTIONS = (
    ("before(1)", ""),
    ("after(1)", ""),
    ("labelled(1)", ""),
    ("counter", ""),
    ("hidden", ""),
    ("HALF_LOW", ""),
    ("HALF_BIG", ""),
    ("next_half(1)", ""),
    ("next_half(-2)", ""),
    ("sizeof(half)", "sizeof('half')"),
    ("sizeof(struct of_half)", "sizeof('struct of_half')"),
    ("swapped((struct of_half){1, 300, 3}).h", "swapped([1, 300, 3]).h"),
    ("swapped((struct of_half){65, 300, 66}).c", "ord(swapped([65, 300, 66]).c)"),
    ("next_tiny(-128)", ""),
    ("next_wide(1L << 40)", "next_wide(1 << 40)"),
    ("sizeof(struct tight)", "sizeof('struct tight')"),
    ("next_tight((struct tight){1, 2, 3.5, 4}).d", "next_tight([1, 2, 3.5, 4]).d"),
    (
        "next_tight((struct tight){1, 2, 3.5, (__int128)5 << 90}).w >> 80",
        "int(next_tight([1, 2, 3.5, 5 << 90]).w) >> 80",
    ),
    (
        "next_128((struct with_128){1, -((__int128)5 << 90), 7}).i >> 80",
        "int(next_128([1, -(5 << 90), 7]).i) >> 80",
    ),
    ("next_128((struct with_128){1, 2, 7}).u", "int(next_128([1, 2, 7]).u)"),
    (
        "__imag__ next_complex((struct with_complex){1, 2i, 3}).z",
        "complex(next_complex([1, 2j, 3]).z).imag",
    ),
    (
        "__real__ next_complex((struct with_complex){1, 2i, 3}).f",
        "complex(next_complex([1, 2j, 3]).f).real",
    ),
    (
        "next_float128((struct with_float128){1, .l = 0.25}).l",
        "float(next_float128({'c': 1, 'l': 0.25}).l)",
    ),
    ("sizeof(struct with_lanes)", "sizeof('struct with_lanes')"),
    ("sum((struct with_lanes){5, {1, 2, 3, 4}})", "sum([5, [1, 2, 3, 4]])"),
    ("twice((lanes){1, 2, 3, 4})[3]", "twice(new('lanes', [1, 2, 3, 4]))[3]"),
    ("sizeof(struct tail)", "sizeof('struct tail')"),
    ("tail_size(&(struct tail){2})", "tail_size(new('struct tail', [2]))"),
    ("first_byte((int[]){66})", "first_byte({'i': new('int', 66)})"),
    ('first_byte("C")', "first_byte({'c': new('char[2]', 'C')})"),
)


def cc(folder: Path, *arguments: str) -> None:
    subprocess.run(["cc", "-std=gnu11", "-w", *arguments], check=True, cwd=folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extensions")
    (folder / "extensions.h").write_text(HEADER)
    for name, text in (("extensions", SOURCE), ("wrong", WRONG)):
        (folder / f"{name}.c").write_text(text)
        cc(folder, "-c", "-fPIC", "-O1", f"{name}.c")
    cc(folder, "-shared", "extensions.o", "wrong.o", "-o", "libextensions.so")
    return folder


def test_the_answers_are_those_of_the_compiler(c: metaffi.MetaFFIRuntime, folder: Path) -> None:
    asked = "\n".join(f'printf("%.17g\\n", (double)({question}));' for question, _ in QUESTIONS)
    program = f'#include <stdio.h>\n#include "extensions.h"\nint main(void) {{\n{asked}\n}}\n'
    (folder / "probe.c").write_text(program)
    cc(folder, "probe.c", "./libextensions.so", "-o", "probe")
    done = subprocess.run(
        ["./probe"], capture_output=True, check=True, cwd=folder, text=True, timeout=60
    )
    module = c.load_module(f"{folder}/libextensions.so;{folder}/extensions.h")

    class Names(dict[str, object]):
        def __missing__(self, name: str) -> object:
            if name in {"complex", "float", "int", "ord"}:
                raise KeyError(name)
            return getattr(module, name)

    ours = {
        question: float(eval(python or question, {}, Names())) for question, python in QUESTIONS
    }
    compilers = dict(zip(ours, map(float, done.stdout.split())))
    assert ours == compilers
    assert len(done.stdout.split()) == len(QUESTIONS)


UNSUPPORTED = """
typedef struct order order;
struct __attribute__((ms_struct)) microsoft { char a : 4; int b : 4; };
struct __attribute__((scalar_storage_order("big-endian"))) order { int a; };
struct of_order { struct order o; int x; };
typedef struct { int a; } typedef_order __attribute__((scalar_storage_order("big-endian")));
struct of_of_order { struct { struct of_order a[2]; } deep; };
extern char of_size[sizeof(order)];
typedef _Decimal128 money;
struct of_money {
#pragma pack(push, 1)
    struct { char c; money m; } m;
    int x;
#pragma pack(pop)
};
typedef float bf16 __attribute__((vector_size(32)));
typedef __bf16 v16bf __attribute__((__vector_size__(32)));
typedef v16bf m256bh __attribute__((__may_alias__));
extern __inline m256bh __attribute__((__gnu_inline__, __always_inline__))
convert_bf(m256bh a) { return (m256bh) a; }
_BitInt(7) bits(int);
int by_pointer(struct of_money *m, struct microsoft *s, int x);
struct after { char c; int x; };
int still_there(int x);
"""


def test_what_is_not_supported_is_named_and_no_more(
    c: metaffi.MetaFFIRuntime, tmp_path: Path
) -> None:
    (tmp_path / "unsupported.h").write_text(UNSUPPORTED)
    (tmp_path / "there.c").write_text(
        "int still_there(int x) { return x + 1; }\n"
        "int by_pointer(void *m, void *s, int x) { return !m + !s + x; }\n"
    )
    cc(tmp_path, "-shared", "-fPIC", "there.c", "-o", "libthere.so")
    module = c.load_module(f"{tmp_path}/libthere.so;{tmp_path}/unsupported.h")
    assert module.still_there(1) == 2
    assert module.by_pointer(None, None, 5) == 7
    # The limit of a struct that is passed over ends where that ends.
    assert module.sizeof("struct after") == 8
    named = {one["name"]: one["reason"] for one in module.describe()["unsupported"]}
    layouts = {"struct microsoft": "ms_struct", "struct order": "scalar_storage_order"}
    for name, reason in {
        **layouts,
        "struct of_order": "scalar_storage_order",
        "struct of_of_order": "scalar_storage_order",
        "typedef_order": "scalar_storage_order",
        "of_size": "scalar_storage_order",
        "money": "_Decimal128",
        "struct of_money": "_Decimal128",
        "v16bf": "__bf16",
        "m256bh": "__bf16",
        "convert_bf": "__bf16",
        "bits": "_BitInt",
    }.items():
        assert reason in named[name]
    assert not named.keys() & {"order", "bf16", "struct after", "by_pointer", "still_there"}
    for name, reason in layouts.items():
        with pytest.raises(metaffi.MetaFFIError, match=reason):
            module.new(name)
