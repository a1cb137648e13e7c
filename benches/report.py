"""Runs the benchmarks and writes docs/performance.md."""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections import namedtuple

import from_python.data_tables
import from_python.report
import from_python.run
from cells import bytes_of, duration, mark, ratio, table

Row = namedtuple("Row", "what limit limit_ns ours ours_ns asked bound")

METHOD = """\
# Performance

What calls through metaffi cost, each beside the hand-written way of doing the same, measured in the
same run. Only ratios mean something on another machine. `make bench` (or `make -C benches`) measures and writes
this file.

## Method

A C program is a client like any other: it is linked with `libmetaffi.so` as released and calls its
exported functions. The functions called are in another library, so that no compiler sees through a
call. The limit is what a C programmer writes by hand: `ffi_call` with a call interface prepared
before, a bare libffi closure, a function pointer. libffi is the same build on both sides, and for
the limit a shared library as metaffi is; functions of both are called through pointers that the
dynamic linker filled in, without a stub between (`-fno-plt`), as after `dlsym`.

Limit and ours take turns in slices of about 0.1 ms, so that both see the machine in the same state;
the time of each is the best of 1 000 slices (fewer where one takes long), in CPU time of the
thread. Arguments are stored, and results read, anew for each call, on both sides. Several threads are
measured by the wall clock. Memory is what the pages of a process of its own grow by. The rows about many entities and objects compare two processes that take
turns. CFFI's parser runs in a process of its own, best of five.

The rows of Python have the same interpreter on both sides, in the same process, one process for
each version: the limit is C written for its API (`benches/limits/python`), compiled with the headers
of that version, that is loaded into the process and uses the libpython that metaffi opened. Unless a
row says otherwise, the GIL is held around a slice: by a scope, and by `PyGILState_Ensure` for the
limit. Calls from fresh threads are measured by the wall clock, and so is the start: each in a fresh
process, the best of 15.

The rows of Java have the same JVM on both sides, in the same process, one process for each JDK. The
limit is written by hand for the method (`benches/limits/java`): an upcall stub of the foreign memory
interface, and before Java 22, where that is missing, `Call…MethodA` of JNI with identifiers and global
references that are kept. Both sides run until the JVM has compiled them, before they are measured. The
start is measured by the wall clock, the best of 15: ours up to the end of the first call, in a fresh
process, beside the whole run of the JDK's own program.
"""

# How often the rows beside JPype are measured; the best counts.
PROCESSES = 3

# How many times as long as JPype MetaFFI takes for each row, by what it publishes.
PUBLISHED = {
    "add(long, long)": 4.8,
    "text of 10 characters in and out": 8.6,
    "10 000 doubles of an array": 26,
    "method of a kept object": 4.9,
    "callback, once per call": 3.1,
    "exception with its message": 0.57,
    "list of 100 mixed values, in and out": 42,
}

BESIDE_JPYPE = """\
## To Java from Python, beside JPype

JPype starts the JVM and metaffi joins it: both call the same class in one process, in turns, as under
*From Python*, and both have run for a second before. Functions are looked up once, and attributes of
objects with each call. Both give Python values: text as `str`, a list as `list`, of an exception the
text. The numbers are an array of numpy's (or of `array`), and the callback is made a
`LongBinaryOperator` or a callable before. The time is the best of three processes. MetaFFI publishes
how long it takes for most of these beside JPype, on other machines and older versions: the last column
is its ratio divided by ours.
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", required=True, help="the benchmark program")
    parser.add_argument("--rows", nargs="*", help="only print these groups of rows")
    parser.add_argument("--build", help="the directory for what is generated")
    parser.add_argument("--peers", help="a Python that may have CFFI")
    parser.add_argument("--pythons", nargs="*", default=[], help="versions to be measured")
    parser.add_argument("--jdks", nargs="*", default=[], help="<version>:<directory> of each")
    parser.add_argument("--output", help="the report")
    parser.add_argument("--data", action="store_true", help="only its section about C data, anew")
    options = parser.parse_args()
    if options.rows is None and not (options.build and options.peers and options.output):
        parser.error("a report needs --build, --peers and --output")
    if options.peers and not os.path.exists(options.peers):
        options.peers = sys.executable
    return options


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def parse(output):
    """The rows and the facts that the program printed."""
    rows, facts = [], {}
    for line in output.splitlines():
        kind, *fields = line.split("\t")
        if kind == "fact":
            facts[fields[0]] = fields[1]
        else:
            what, limit, limit_ns, ours, ours_ns, asked, bound = fields
            rows.append(
                Row(what, limit, float(limit_ns), ours, float(ours_ns), asked, float(bound))
            )
    return rows, facts


def declarations(options, here):
    """The row about parsing, or a sentence that says why there is no limit."""
    text = os.path.join(options.build, "declarations.h")
    output_of(sys.executable, os.path.join(here, "peers", "declarations.py"), text)
    (row,), _ = parse(output_of(options.bench, "declarations", text))
    row = row._replace(
        what=f"parse {os.path.getsize(text) // 1000} kB of declarations", ours="metaffi"
    )
    cdef = os.path.join(here, "peers", "cdef.py")
    run = subprocess.run(
        [options.peers, "-W", "ignore", cdef, text], capture_output=True, text=True
    )
    if run.returncode == 0:
        return row._replace(limit="CFFI's `cdef`", limit_ns=float(run.stdout) * 1e6)
    return row._replace(limit=f"CFFI did not run: {run.stderr.strip().splitlines()[-1]}")


def judged(row):
    """What was asked and what was measured, as cells; a miss is bold."""
    if row.asked == "nanoseconds":
        return f"≤ {row.bound / 1e3:g} µs", mark(duration(row.ours_ns), row.ours_ns <= row.bound)
    if row.asked == "bytes":
        return f"≤ {bytes_of(row.bound)}", mark(bytes_of(row.ours_ns), row.ours_ns <= row.bound)
    if not row.limit_ns:
        return f"≤ {row.bound:g}×", "**not compared**"
    if row.asked == "throughput":
        times = row.limit_ns / row.ours_ns
        return f"≥ {row.bound:g}×", mark(f"{times:.2f}×", times >= row.bound)
    times = row.ours_ns / row.limit_ns
    return f"≤ {row.bound:g}×", mark(ratio(times), times <= row.bound)


def limit_cells(row):
    return row.limit or "–", duration(row.limit_ns) if row.limit_ns else "–"


def ours_cells(row):
    if row.asked == "bytes":
        return "–", "–"
    return row.ours, duration(row.ours_ns)


def asked_table(rows):
    cells = [(row.what, *limit_cells(row), *ours_cells(row), *judged(row)) for row in rows]
    header = "| what | limit | takes | ours | takes | asked | measured |"
    return table(header, "|---|---|--:|---|--:|--:|--:|", cells)


def compared(row):
    if row.asked == "throughput":
        return f"{row.limit_ns / row.ours_ns:.2f}× throughput"
    return f"{row.ours_ns / row.limit_ns:.2f}×"


def other_table(rows):
    cells = [
        (
            row.what,
            *limit_cells(row),
            row.ours,
            duration(row.ours_ns),
            compared(row),
        )
        for row in rows
    ]
    return table(
        "| what | limit | takes | ours | takes | ratio |", "|---|---|--:|---|--:|--:|", cells
    )


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return re.search(r"model name\s*:\s*(.*)", file.read()).group(1)
    except (OSError, AttributeError):
        return platform.machine()


def machine(facts):
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"metaffi {facts['metaffi']}, libffi {facts['libffi']} on both sides; "
        f"{processor()}, {os.cpu_count()} processors; {system}, {platform.machine()}; "
        f"C compiler {facts['compiler']}, `-O2`.\n"
    )


def python_tables(options):
    """A section for each version of Python: what was asked, then what is only compared."""
    if not options.pythons:
        return [
            "There are no rows of Python: none is here that can be embedded and compiled for.\n"
        ]
    return [part for version in options.pythons for part in python_section(options, version)]


def python_section(options, version):
    directory = os.path.join(options.build, f"python-{version}")
    interpreter = os.path.join(directory, "venv", "bin", "python")
    if not os.path.exists(interpreter):
        with open(os.path.join(directory, "interpreter"), encoding="utf-8") as file:
            interpreter = file.read().strip()
    rows, facts = parse(output_of(options.bench, "python", interpreter, directory))
    yield f"## To Python {version}\n"
    yield facts["python version"] + "\n"
    yield asked_table([row for row in rows if row.bound])
    others = [row for row in rows if not row.bound]
    if others:
        yield other_table(others)
    for what in ("numpy", "pybind11"):
        if f"{what} missing" in facts:
            yield f"There are no rows of {what}: {facts[what + ' missing']}.\n"


def java_tables(options):
    """A section for each JDK."""
    if not options.jdks:
        yield "There are no rows of Java: no JDK is here.\n"
    for jdk in options.jdks:
        version, _, home = jdk.partition(":")
        directory = os.path.join(options.build, f"java-{version}")
        rows, facts = parse(output_of(options.bench, "java", home, directory))
        yield f"## To Java {version}\n"
        yield facts["java version"] + "\n"
        yield asked_table(rows)


def beside_jpype(options, here):
    """Calls from Python: a table for each JDK, by the first interpreter that has JPype."""
    yield BESIDE_JPYPE
    pythons = [
        os.path.join(place, "bin", "python")
        for place in from_python.run.environments(
            os.path.join(options.build, "from_python")
        ).values()
    ]
    having = [
        python
        for python in pythons
        if subprocess.run([python, "-c", "import jpype"], capture_output=True).returncode == 0
    ]
    if not options.jdks or not having:
        yield f"Nothing was measured: there is no {'JPype' if options.jdks else 'JDK'}.\n"
        return
    for jdk in options.jdks:
        version, _, home = jdk.partition(":")
        classes = os.path.join(options.build, f"java-{version}", "classes")
        program = os.path.join(here, "java_from_python.py")
        command = [having[0], program, home, classes, os.path.join(options.build, "package")]
        rows = best_of([parse(output_of(*command))[0] for _ in range(PROCESSES)])
        yield f"### Java {version}\n"
        cells = [
            (
                row.what,
                duration(row.limit_ns),
                duration(row.ours_ns),
                *judged(row),
                beside_published(row),
            )
            for row in rows
        ]
        yield table(
            "| what | JPype takes | metaffi takes | asked | measured | beside MetaFFI |",
            "|---|--:|--:|--:|--:|--:|",
            cells,
        )


def beside_published(row):
    """How many times as fast as MetaFFI by its published ratio, if it has one."""
    published = PUBLISHED.get(row.what)
    return f"{published * row.limit_ns / row.ours_ns:.3g}×" if published else ""


def best_of(runs):
    """The rows with the least time that each side took in any run."""
    return [
        same[0]._replace(
            limit_ns=min(row.limit_ns for row in same), ours_ns=min(row.ours_ns for row in same)
        )
        for same in zip(*runs)
    ]


def size(build):
    """The row about the library without what only debuggers need."""
    stripped = os.path.join(build, "stripped.so")
    output_of("strip", "-o", stripped, os.path.join(build, "libmetaffi.so"))
    return Row("the library, stripped", "", 0, "", os.path.getsize(stripped), "bytes", 3.2e6)


def report(options, here):
    rows, facts = parse(output_of(options.bench))
    rows.append(declarations(options, here))
    rows.append(size(options.build))
    # Measured first, since they need processes of their own, but no reader's first question.
    rows.sort(key=lambda row: row.limit == "with 1")
    asked = [row for row in rows if row.bound]
    others = [row for row in rows if not row.bound]
    parts = [METHOD, "## Machine\n", machine(facts), "## What was asked\n", asked_table(asked)]
    if "threads" in facts:
        parts.append(f"Two threads: {facts['threads']}.\n")
    parts += [
        "The native pointer of a C function is the function itself: the program compares the\n"
        "addresses and stops if they differ.\n",
        "## For comparison\n",
        other_table(others),
        *python_tables(options),
        *java_tables(options),
        from_python.report.report(options.build, os.path.dirname(options.output)),
        *beside_jpype(options, here),
        from_python.report.data_report(options.build),
    ]
    return "\n".join(parts)


def print_rows(options):
    rows, _ = parse(output_of(options.bench, *options.rows))
    asked = [row for row in rows if row.bound]
    if asked:
        print(asked_table(asked))
    others = [row for row in rows if not row.bound]
    if others:
        print(other_table(others))


def main():
    options = arguments()
    if options.rows is not None:
        print_rows(options)
        return
    if options.data:
        with open(options.output, encoding="utf-8") as file:
            kept = file.read().partition(from_python.data_tables.TITLE)[0]
        text = kept + from_python.report.data_report(options.build)
    else:
        text = report(options, os.path.dirname(os.path.abspath(__file__)))
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(text)
    print(text)


main()
