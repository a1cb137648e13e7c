"""What travels to another process: entities, modules and runtimes, as recipes."""

from __future__ import annotations

import concurrent.futures
import copy
import importlib.util
import multiprocessing
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from support import infos, output_of, run_python

import metaffi
from metaffi import MetaFFIError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
START_METHODS = multiprocessing.get_all_start_methods()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_entity_is_loaded_again(guest: metaffi.MetaFFIModule, protocol: int) -> None:
    add = guest.load_entity("callable=add")
    again = pickle.loads(pickle.dumps(add, protocol))
    assert again is not add
    assert (again(40, 2), again.entity_path) == (42, add.entity_path)
    assert (again.params, again.returns) == (add.params, add.returns)


def test_an_entity_keeps_the_types_that_were_given(guest: metaffi.MetaFFIModule) -> None:
    narrow = guest.load_entity("callable=add", infos("int8", "int8"), infos("float64"))
    again = pickle.loads(pickle.dumps(narrow))
    assert (again.params, again.returns) == (narrow.params, narrow.returns)
    assert type(again(1, 2)) is float


def test_a_module_keeps_its_declarations_and_options(tmp_path: Path) -> None:
    (tmp_path / "recipe.h").write_text("static const int number = NUMBER;\n")
    c = metaffi.MetaFFIRuntime("c")
    module = c.load_module("recipe.h", include_dirs=[tmp_path], define={"NUMBER": 7})
    module.declare("int abs(int);")
    again = pickle.loads(pickle.dumps(module))
    assert repr(again) == repr(module)
    assert (again.number, again.abs(-3)) == (7, 3)
    assert pickle.loads(pickle.dumps(again.abs))(-4) == 4
    # One that was not loaded yet is not loaded for it.
    nowhere = c.load_module("libnowhere.so.7")
    assert pickle.loads(pickle.dumps(nowhere)).module_path == "libnowhere.so.7"


def test_a_runtime_keeps_its_options() -> None:
    runtime = metaffi.MetaFFIRuntime("c", define=["A", "B=1"])
    again = pickle.loads(pickle.dumps(runtime))
    assert (again.runtime_plugin, again.options) == ("c", {"define": ["A", "B=1"]})


@pytest.mark.parametrize("of", [copy.copy, copy.deepcopy])
def test_copies_are_loaded_again(guest: metaffi.MetaFFIModule, of: object) -> None:
    assert of(guest.add)(1, 2) == of(guest).add(1, 2) == 3  # type: ignore[operator]


def test_pickles_are_small_and_of_plain_things(c: metaffi.MetaFFIRuntime, c_path: str) -> None:
    # Of a module that nobody has declared more for.
    text = pickle.dumps(c.load_module(c_path).add)
    assert len(text) < 250 + len(c_path)
    assert b"MetaFFI" not in text and text.count(b"metaffi._recipes") == 1


def test_what_a_later_version_says_is_refused() -> None:
    reduced: Any = metaffi.MetaFFIRuntime("c").__reduce_ex__(2)
    make, (recipe,) = reduced
    with pytest.raises(MetaFFIError, match=r"says colour.*a later one"):
        make({**recipe, "colour": "red"})


def test_what_only_this_process_has_is_refused(python3: metaffi.MetaFFIRuntime) -> None:
    here = types.ModuleType("only_here")
    here.double = lambda number: number * 2  # type: ignore[attr-defined]
    sys.modules["only_here"] = here
    try:
        double = python3.load_module("only_here").double
        assert double(2) == 4
        with pytest.raises(TypeError, match="'only_here' exists in this process alone"):
            pickle.dumps(double)
    finally:
        del sys.modules["only_here"]


def test_a_handle_is_refused(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(TypeError, match=r"struct point.*pickled"):
        pickle.dumps(guest.new("struct point"))


@pytest.mark.parametrize("method", START_METHODS)
def test_processes_of_multiprocessing(c: metaffi.MetaFFIRuntime, method: str) -> None:
    labs = c.load_module("stdlib.h").labs
    assert output_of(POOL, method, repr(list(range(-9, 0)))) == repr(list(range(9, 0, -1)))
    assert labs(-1) == 1


# In a process of its own, which has no other threads when it forks.
POOL = """
import ast, multiprocessing, sys
import metaffi

def main():
    labs = metaffi.MetaFFIRuntime("c").load_module("stdlib.h").labs
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(labs, ast.literal_eval(sys.argv[2]), 2))

if __name__ == "__main__":
    main()
"""


def test_an_executor_of_processes(c: metaffi.MetaFFIRuntime) -> None:
    ldexp = c.load_module("libm.so.6;math.h").ldexp
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
        assert list(executor.map(ldexp, [1.5, 2.5], [1, 2])) == [3.0, 10.0]


def needs(package: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed")


@needs("joblib")
def test_workers_of_joblib() -> None:
    code = """
import joblib, metaffi
labs = metaffi.MetaFFIRuntime("c").load_module("stdlib.h").labs
print(joblib.Parallel(2)(joblib.delayed(labs)(number) for number in range(-4, 0)))
"""
    assert output_of(code) == "[4, 3, 2, 1]"


@needs("distributed")
def test_a_cluster_of_dask(tmp_path: Path) -> None:
    """The program of the document about Python."""
    document = (Path(__file__).parents[3] / "docs" / "python.md").read_text()
    programs = [block for block in document.split("```python\n") if "LocalCluster" in block]
    program = tmp_path / "dask_program.py"
    program.write_text(programs[0].partition("```")[0])
    # What its workers log depends on how busy the machine is.
    done = run_python(str(program))
    assert (done.returncode, done.stdout.strip()) == (0, "[1.0, 2.0, 3.0]"), done.stderr
