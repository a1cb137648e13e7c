"""A few rows of C data, with one interpreter and one library, quickly.

Run as `benches/from_python/run.py --quick 'new*' 'call *' --library target/release/libmetaffi.so`. What
is compiled for the interpreter (the guest, CFFI's module) is kept under build/benches/quick.
"""

import argparse
import fnmatch
import os
import subprocess
import sys

from .data_rows import DATA_ROWS, MEMORY_ROWS, PAIR_ROWS
from .data_tables import tables
from .run_data import BENCHES, Runner, merge

ROOT = os.path.dirname(BENCHES)
ABOUT = "import sys; print('%d.%d' % sys.version_info[:2])"


def arguments():
    names = ", ".join([row.what for row in (*DATA_ROWS, *MEMORY_ROWS, *PAIR_ROWS)] + ["import"])
    parser = argparse.ArgumentParser(
        description="Measures rows of C data beside CFFI in API mode, in one process.",
        epilog=f"The rows: {names}.",
    )
    parser.add_argument("--quick", nargs="+", required=True, help="rows, with wildcards: 'new*'")
    library = os.path.join(ROOT, "target", "release", "libmetaffi.so")
    parser.add_argument("--library", default=library, help="libmetaffi.so to measure")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has cffi")
    parser.add_argument("--cpu", help="the processor to run on")
    parser.add_argument("--processes", type=int, default=1, help="the best of so many")
    return parser.parse_args()


def newer(made, sources):
    return os.path.exists(made) and all(
        os.path.getmtime(made) >= os.path.getmtime(source) for source in sources
    )


def built(python):
    """The guest, and where CFFI's module is."""
    version = subprocess.run([python, "-c", ABOUT], capture_output=True, text=True, check=True)
    quick = os.path.join(ROOT, "build", "benches", "quick")
    guest = os.path.join(BENCHES, "guest")
    modules = os.path.join(quick, version.stdout.strip())
    os.makedirs(modules, exist_ok=True)
    library = os.path.join(quick, "libguest.so")
    sources = [os.path.join(guest, name) for name in sorted(os.listdir(guest))]
    if not newer(library, sources):
        flags = ["-std=gnu11", "-O2", "-fPIC", "-shared", "-o", library]
        sources_c = [source for source in sources if source.endswith(".c")]
        subprocess.run(["cc", *flags, *sources_c], check=True)
    mark = os.path.join(modules, "compiled")
    party = os.path.join(BENCHES, "from_python", "parties", "data_cffi.py")
    if not newer(mark, [library, party]):
        command = [python, "-m", "from_python.compile_cffi", guest, quick, modules]
        subprocess.run(command, cwd=BENCHES, check=True, stdout=sys.stderr)
        open(mark, "w", encoding="utf-8").close()
    return library, modules


def main():
    options = arguments()
    if options.cpu:
        os.sched_setaffinity(0, {int(options.cpu)})
    guest, modules = built(options.python)
    os.environ["METAFFI_LIBRARY"] = os.path.abspath(options.library)
    package = os.path.join(ROOT, "bindings", "python")
    runner = Runner(options.python, guest, [package, modules])
    found = runner.times(options.quick)
    for _ in range(options.processes - 1):
        merge(found, runner.times(options.quick))
    wanted = lambda what: any(fnmatch.fnmatch(what, pattern) for pattern in options.quick)
    print(f"CPython {found['version']}\n")
    found.update(runner.others(wanted))
    if wanted("import"):
        found["imports"] = runner.imported()
    print("\n".join(tables(found)))
