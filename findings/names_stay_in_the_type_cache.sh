#!/bin/sh
# An attribute of a type that C++ looks up by a C string leaves a new str behind in CPython >= 3.10: the
# cache of types' attributes is found by the address of the name, and keeps the name. So looking the
# same attribute up again and again takes more and more memory, until the cache is full. With a name
# that is interned nothing stays. In CPython 3.9, where the hash of the name is the place, neither does.
# Seen with CPython 3.11.7 and pybind11 2.13.6, whose attr("name") makes such a str each time.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install pybind11==2.13.6 setuptools==75.8.0
cat >looking.cpp <<'C'
#include <pybind11/pybind11.h>

namespace py = pybind11;

// Others make objects meanwhile, so that each name has another address.
static void look(const py::object &type, py::object name, int count) {
    py::list others;
    for (int i = 0; i < count; i++) {
        if (name.is_none())
            py::object found = type.attr("__qualname__");
        else
            py::object found = py::getattr(type, name);
        others.append(py::str("other " + std::to_string(i)));
    }
}

PYBIND11_MODULE(looking, module) { module.def("look", look); }
C
includes=$(venv/bin/python -c 'import pybind11, sysconfig
print("-I" + sysconfig.get_path("include"), "-I" + pybind11.get_include())')
suffix=$(venv/bin/python -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
# shellcheck disable=SC2086
c++ -shared -fPIC -std=c++17 $includes looking.cpp -o "looking$suffix"
cat >count.py <<'PY'
import gc
import sys

import looking


class Looked:
    pass


def stays(name):
    looking.look(Looked, name, 100)
    gc.collect()
    before = sys.getallocatedblocks()
    looking.look(Looked, name, 20000)
    gc.collect()
    return sys.getallocatedblocks() - before


print(sys.implementation.name, "%d.%d.%d" % sys.version_info[:3], file=sys.stderr)
interned, text = stays(sys.intern("__qualname__")), stays(None)
print(interned, text, file=sys.stderr)
print("interned:", "nothing stays" if interned < 10 else "names stay")
print("a C string:", "nothing stays" if text < 10 else "names stay")
PY
venv/bin/python count.py >seen
cat seen
diff seen - <<'EXPECTED'
interned: nothing stays
a C string: names stay
EXPECTED
