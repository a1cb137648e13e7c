"""Runtimes, modules and entities: when they are loaded, and how long they last."""

from __future__ import annotations

import gc
import traceback
import weakref
from pathlib import Path

import pytest
from support import info, infos

import metaffi
from metaffi import MetaFFIError


def test_loading_the_runtime_is_optional(c_path: str) -> None:
    module = metaffi.MetaFFIRuntime("c").load_module(c_path)
    assert module.load_entity("callable=add", None, None)(1, 2) == 3


def test_the_runtime_can_be_loaded_and_released_many_times(c_path: str) -> None:
    runtime = metaffi.MetaFFIRuntime("c")
    runtime.load_runtime_plugin()
    runtime.load_runtime_plugin()
    add = runtime.load_module(c_path).load_entity("callable=add", None, None)
    runtime.release_runtime_plugin()
    runtime.release_runtime_plugin()
    assert add(1, 2) == 3
    assert runtime.load_module(c_path).load_entity("callable=add", None, None)(3, 4) == 7


@pytest.mark.parametrize("alias", ["c", "cpp"])
def test_a_runtime_has_aliases(alias: str, c_path: str) -> None:
    module = metaffi.MetaFFIRuntime(alias).load_module(c_path)
    assert module.load_entity("callable=add")(1, 2) == 3


def test_an_unknown_runtime_is_an_error_that_names_it() -> None:
    with pytest.raises(MetaFFIError, match="cobol"):
        metaffi.MetaFFIRuntime("cobol").load_runtime_plugin()


def test_an_option_that_the_runtime_does_not_know_is_an_error() -> None:
    with pytest.raises(MetaFFIError, match="colour"):
        metaffi.MetaFFIRuntime("c", colour="red").load_runtime_plugin()


def test_a_name_that_is_no_text_is_an_error() -> None:
    with pytest.raises(MetaFFIError, match=r"runtime_plugin.*int"):
        metaffi.MetaFFIRuntime(3)  # type: ignore[arg-type]
    with pytest.raises(MetaFFIError, match=r"module_path.*None"):
        metaffi.MetaFFIRuntime("c").load_module(None)  # type: ignore[arg-type]


def test_a_runtime_is_a_context_manager(c_path: str) -> None:
    with metaffi.MetaFFIRuntime("c") as runtime:
        add = runtime.load_module(c_path).load_entity("callable=add")
    assert add(1, 2) == 3


def test_calls_in_a_scope_are_calls(python3: metaffi.MetaFFIRuntime, python_path: str) -> None:
    add = python3.load_module(python_path).load_entity("callable=add")
    with python3.scope(), python3.scope():
        assert [add(number, number) for number in range(3)] == [0, 2, 4]


def test_a_scope_is_left_after_an_exception(c: metaffi.MetaFFIRuntime) -> None:
    scope = c.scope()
    with pytest.raises(ZeroDivisionError), scope:
        _ = 1 / 0
    with scope:
        pass


def test_a_bad_path_shows_with_the_first_entity(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("libnowhere.so.7")
    with pytest.raises(MetaFFIError, match=r"libnowhere\.so\.7"):
        module.load_entity("callable=add", infos("int64", "int64"), infos("int64"))


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("callable=absent", "absent"),
        ("callable", "callable"),
        ("colour=red", "colour"),
        ("callable=add,shiny", "shiny"),
    ],
)
def test_a_bad_entity_path_is_an_error(guest: metaffi.MetaFFIModule, path: str, what: str) -> None:
    with pytest.raises(MetaFFIError, match=what):
        guest.load_entity(path, None, None)


def test_types_come_as_list_tuple_or_none(guest: metaffi.MetaFFIModule) -> None:
    numbers = infos("int64", "int64")
    for params in (None, numbers, tuple(numbers), [32, 32]):
        for returns in (None, [info("int64")], (info("int64"),)):
            assert guest.load_entity("callable=add", params, returns)(20, 22) == 42


@pytest.mark.parametrize("types", [5, "int64", ["int64"], [True], {32: 32}])
def test_other_types_are_an_error_that_names_the_argument(
    guest: metaffi.MetaFFIModule, types: object
) -> None:
    with pytest.raises(MetaFFIError, match="params_metaffi_types"):
        guest.load_entity("callable=add", types, None)  # type: ignore[arg-type]
    with pytest.raises(MetaFFIError, match="retval_metaffi_types"):
        guest.load_entity("callable=add", None, types)  # type: ignore[arg-type]


def test_types_that_cannot_stand_for_those_of_the_guest_are_an_error(
    guest: metaffi.MetaFFIModule,
) -> None:
    with pytest.raises(MetaFFIError):
        guest.load_entity("callable=add", infos("string8", "int64"), infos("int64"))
    with pytest.raises(MetaFFIError):
        guest.load_entity("callable=add", infos("int64"), infos("int64"))


def test_several_entities_of_one_path_coexist(guest: metaffi.MetaFFIModule) -> None:
    wide = guest.load_entity("callable=add", infos("int64", "int64"), infos("int64"))
    small = guest.load_entity("callable=add", infos("int8", "int8"), infos("float64"))
    inferred = guest.load_entity("callable=add")
    assert (wide(1, 2), small(1, 2), inferred(1, 2)) == (3, 3.0, 3)
    assert type(small(1, 2)) is float
    assert wide is not inferred


def test_an_entity_outlives_its_module_and_runtime(c_path: str) -> None:
    runtime = metaffi.MetaFFIRuntime("c")
    module = runtime.load_module(c_path)
    add = module.load_entity("callable=add")
    gone = weakref.ref(module)
    del runtime, module
    gc.collect()
    assert gone() is None
    assert add(1, 2) == 3


def test_an_entity_is_collected(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add")
    gone = weakref.ref(add)
    del add
    gc.collect()
    assert gone() is None


def test_modules_of_a_runtime_do_not_share_declarations(
    c: metaffi.MetaFFIRuntime, c_path: str
) -> None:
    first, second = c.load_module(c_path), c.load_module("")
    assert first.load_entity("callable=add")(1, 2) == 3
    with pytest.raises(MetaFFIError):
        second.load_entity("callable=add")


def test_none_where_nothing_is_declared_is_none_of_them(library: Path) -> None:
    module = metaffi.MetaFFIRuntime("c").load_module(str(library))
    # As other programs of MetaFFI load what takes or returns nothing.
    assert module.load_entity("callable=touch_counter", None, None)() is None
    before = module.load_entity("callable=next_counter", None, infos("int64"))()
    assert module.load_entity("callable=next_counter", None, infos("int64"))() == before + 1
    assert module.load_entity("callable=set_counter", infos("int64"), None)(before) is None
    with pytest.raises(MetaFFIError, match="declare the function"):
        module.load_entity("callable=touch_counter")


def test_one_type_is_given_and_the_others_stay_declared(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add", [None, info("int8")], [None])
    assert [one[0] for one in add.params] == [32, 4]
    assert add(40, 2) == 42
    with pytest.raises(MetaFFIError, match=r"params\[2\].*left to the declaration.*2 of them"):
        guest.load_entity("callable=add", [None] * 3)


def test_modules_have_options_of_their_own(tmp_path: Path) -> None:
    for name, number in (("one", 1), ("two", 2)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "options.h").write_text(
            f"#define FOLDER {number}\nstatic const int both = FOLDER * 10 + GIVEN;\n"
        )
    c = metaffi.MetaFFIRuntime("c")
    first = c.load_module("options.h", include_dirs=[tmp_path / "one"], define={"GIVEN": 3})
    second = c.load_module("options.h", include_dirs=str(tmp_path / "two"), define=["GIVEN=4"])
    assert (first.FOLDER, first.both, second.FOLDER, second.both) == (1, 13, 2, 24)
    assert "define={'GIVEN': 3}" in repr(first)
    assert first.options["define"] == {"GIVEN": 3}
    with pytest.raises(MetaFFIError, match='no option "colour"'):
        c.load_module("options.h", colour="red").load_entity("constant=FOLDER")
    with pytest.raises(MetaFFIError, match="define"):
        c.load_module("options.h", define=[3]).load_entity("constant=FOLDER")  # type: ignore[list-item]


def test_tracebacks_begin_where_the_code_of_the_module_is(
    python3: metaffi.MetaFFIRuntime, tmp_path: Path
) -> None:
    source = tmp_path / "broken_while_loading.py"
    source.write_text("def fail():\n    1 / 0\n\nfail()\n")
    with pytest.raises(MetaFFIError, match="failed while it was imported: ZeroDiv") as caught:
        python3.load_module(str(source)).load_entity("callable=fail")
    shown = "".join(traceback.format_exception(None, caught.value, caught.value.__traceback__))
    assert "_metaffi" not in shown and "frozen" not in shown
    assert 'broken_while_loading.py", line 4, in <module>' in shown
    assert 'broken_while_loading.py", line 2, in fail' in shown
    assert isinstance(caught.value.cause, ZeroDivisionError)
    assert caught.value.runtime == "python3"
    with pytest.raises(MetaFFIError, match=r'^entity "callable=absent": module "json" has no'):
        python3.load_module("json").load_entity("callable=absent")
