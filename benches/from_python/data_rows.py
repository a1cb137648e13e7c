"""What Python programs do with C data, and how many times CFFI's time each may take."""

from collections import namedtuple

# `show` is what of a result is the same for all, where results are objects of each party's own.
# `ctypes` is what may be taken of the time of ctypes, where that is a peer.
Row = namedtuple("Row", "what title asked show ctypes")


def row(what, title, asked, show="result", ctypes=None):
    return Row(what, title, asked, show, ctypes)


# What functions are besides plain ones.
FUNCTIONS = {
    "annotated": "an annotated function",
    "closure": "an annotated closure, new each time",
    "method": "an annotated method",
    "object": "an object with an annotated `__call__`",
    "decorated": "a decorated function that is annotated",
    "partial": "`functools.partial` of an annotated function",
    "builtin": "a builtin function",
}

DATA_ROWS = [
    row("read nested", "read `a[i].b.c`", 0.8),
    row("write nested", "write `a[i].b.c`", 0.8),
    row("read member", "read `p.x`", 0.8),
    row("write member", "write `p.x`", 0.8),
    row("read pointer", "read `p[0]`", 0.8),
    row("write pointer", "write `p[0]`", 0.8),
    row("read item", "read an item of `int[1000]`", 0.8),
    row("write item", "write an item of `int[1000]`", 0.8),
    row("read returned", "a member of a struct that was returned", 0.8),
    row("new list", "`new` of a struct with a list", 0.8, "result.z"),
    row("new dict", "`new` of a struct with a dict", 0.8, "result.z"),
    row("new ten", "`new` of ten structs with dicts", 0.8, "result[9].z"),
    row("new matrix", "`new` of `int[10][10]`", 0.8, "result[9][9]"),
    row("new matrix filled", "`new` of `int[10][10]` with lists", 0.8, "result[9][9]"),
    row("new ints", "`new` of `int[1000]`", 0.8, "result[999]"),
    row("new ints filled", "`new` of `int[1000]` with a list", 0.8, "result[999]"),
    row("sizeof", "`sizeof` of a struct", 0.8),
    row("cast", "`cast` of a pointer", 0.8, "result[7]"),
    row("address", "`address` of a member", 0.8, "result.y"),
    row("call pointers", "call with two struct pointers", 0.7),
    row("call arrays", "two calls, with an `int[4]` and with an `int[8]`", 0.7),
    row("call attribute", "call by attribute, `m.f(a, b)`", 0.8),
    row("constant", "a constant by attribute", 1),
    row("enum", "an enum's constant by attribute", 1),
    row("struct by value", "structs by value in and out", 0.9, "result.z"),
    row("struct of 8", "a struct of two ints by value in and out", 0.9, "result.y"),
    row("struct of floats", "a struct of two floats by value in and out", 0.9, "result.y"),
    row("struct of 16", "a struct of an int64 and a double by value in and out", 0.9, "result.second"),
    row("struct result", "a struct as result, and its member", 0.9),
    row("float", "`float` in and out", 0.8),
    row("pointer", "`void *` in and out", 0.8, "bool(result)"),
    row("char", "`char` in and out", 0.8, "result in ('b', b'b')"),
    row("seven", "7 ints", 0.8),
    row("mixed", "int, double, float, long", 0.8),
    row("int for double", "ints for doubles", 0.8),
    row("callback int", "callback of `int(int)`", 0.7),
    row("callback text", "callback of `char *`", 0.7),
    row("callback pointer", "callback of a struct pointer, and a member of it", 0.7),
    row("callback void", "callback of `void *`", 0.7),
    row("callback double", "callback of `double(double, double)`", 0.7),
    row("callback float", "callback of `float(float)`", 0.7),
    row("callback struct", "callback of a struct by value, and a member of it", 0.7),
    row("callback nothing", "callback of `void(void)`", 0.7),
    row("callback raise", "callback that raises, to its caller", 0.7),
    row("sort", "sort of 1 000 ints with a comparator of two pointers", 0.7),
    row("pass function", "a plain function passed, the whole call", 1, ctypes=1.5),
    row("make callable", "a callable made", 1, "bool(result)", ctypes=1.5),
    *[row(f"pass {kind}", f"{title}, passed", 1, ctypes=1.5) for kind, title in FUNCTIONS.items()],
    *[
        row(f"make {kind}", f"{title}, made a callable", 1, "bool(result)", ctypes=1.5)
        for kind, title in FUNCTIONS.items()
    ],
    row("list const int", "list of 1 000 ints to `const int *`", 0.5),
    row("list double", "list of 1 000 floats to `double *`", 0.5),
    row("list double ints", "list of 1 000 ints to `double *`", 0.5),
    row("numpy int", "numpy array of ints to `const int *`, of which C reads one", 0.5),
    row("numpy double", "numpy array of doubles to `double *`, of which C reads one", 0.5),
    row("text result", "`char *` as result", 0.9, "bool(result)"),
    row("text bytes", "`char *` as result, and its bytes", 0.9),
    row("out", "out `int32_t *`: made, filled, read", 0.9),
    row("out again", "out `int32_t *`: filled, read", 0.9),
    row("bytes", "`bytes` to `char *`", 0.9),
    row("raise", "an argument's error raised", 0.9),
    row("raise pointer", "a pointer argument's error raised", 0.9),
]

# What an object takes in memory, at most as many times CFFI's, by the pages of the process; or so many
# bytes, by the allocator's own count.
Memory = namedtuple("Memory", "what title times bytes")
MEMORY_ROWS = [
    Memory("struct", "a struct of three doubles", 1, None),
    Memory("view", "a view of a member", 1, None),
    Memory("entity libc", "an entity, of all functions of libc's headers", None, 600),
    Memory("entity libm", "an entity, of all functions of libm's", None, 600),
    Memory("entity sqlite", "an entity, of all functions of SQLite's", None, 600),
    Memory("callable", "a callable", 1, None),
    Memory("callable annotated", "a callable of an annotated function", 1, None),
    Memory("callable pointer", "a callable whose C pointer was given", 1, None),
]

# What is compared with itself: the second of two, which may take so many times the first.
Pair = namedtuple("Pair", "what title first second asked")
PAIR_ROWS = [
    Pair("header", "the same header in a second module", "first module", "second", 0.02),
    Pair("header memory", "its memory", "first module", "second", 0.02),
    Pair("describe", "`describe` of functions on one line", "8 000", "16 000", 2.2),
    Pair("union", "a member of a union of 8 000", "member 8", "member 8 000", 1.2),
]
IMPORT_TIMES = 1
