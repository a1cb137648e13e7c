"""Programs as they are written for the package metaffi-api."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from support import infos

import metaffi
import metaffi.metaffi_module
import metaffi.metaffi_runtime
import metaffi.metaffi_types
import metaffi.metaffihandle
from metaffi.metaffi_types import (
    MetaFFITypes,
    metaffi_type_info,
    new_metaffi_type_info,
    pytype_to_metaffi_type_dict,
)


class TestProgram:
    """A runtime for the class, loaded and released around its tests."""

    runtime: metaffi.metaffi_runtime.MetaFFIRuntime

    @classmethod
    def setup_class(cls) -> None:
        cls.runtime = metaffi.metaffi_runtime.MetaFFIRuntime("python3")
        cls.runtime.load_runtime_plugin()

    @classmethod
    def teardown_class(cls) -> None:
        cls.runtime.release_runtime_plugin()

    def load(self, path: str, entity: str, params: Any, returns: Any) -> Any:
        return self.runtime.load_module(path).load_entity(entity, params, returns)

    def test_hello_world(self, python_path: str) -> None:
        nothing = self.load(python_path, "callable=nothing", None, None)
        assert nothing() is None
        del nothing

    def test_primitives(self, python_path: str) -> None:
        divide = self.load(
            python_path,
            "callable=multiply",
            [metaffi_type_info(MetaFFITypes.metaffi_float64_type)] * 2,
            [metaffi_type_info(MetaFFITypes.metaffi_float64_type)],
        )
        assert divide(1.5, 2) == 3.0

    def test_an_array_with_dimensions(self, python_path: str) -> None:
        array = new_metaffi_type_info(MetaFFITypes.metaffi_int64_array_type, dims=2)
        assert self.load(python_path, "callable=echo", (array,), (array,))([[1, 2], [3]]) == [
            [1, 2],
            [3],
        ]

    def test_an_object_and_its_methods(self, python_path: str) -> None:
        handle = metaffi_type_info(MetaFFITypes.metaffi_handle_type)
        integer = metaffi_type_info(MetaFFITypes.metaffi_int64_type)
        new_box = self.load(python_path, "callable=Box", [integer], [handle])
        add = self.load(
            python_path, "callable=Box.add,instance_required", [handle, integer], [integer]
        )
        number = self.load(
            python_path, "attribute=Box.number,instance_required,getter", [handle], [integer]
        )
        box = new_box(7)
        assert (add(box, 3), number(box)) == (10, 7)

    def test_a_callback(self, python_path: str) -> None:
        def add(x: int, y: int) -> int:
            return x + y

        apply = self.load(
            python_path,
            "callable=apply",
            [
                metaffi_type_info(MetaFFITypes.metaffi_callable_type),
                metaffi_type_info(MetaFFITypes.metaffi_int64_type),
                metaffi_type_info(MetaFFITypes.metaffi_int64_type),
            ],
            [metaffi_type_info(MetaFFITypes.metaffi_int64_type)],
        )
        assert apply(metaffi.make_metaffi_callable(add), 1, 2) == 3
        assert apply(add, 1, 2) == 3

    def test_types_of_ctypes_are_registered_by_name(self, c_path: str) -> None:
        before = dict(pytype_to_metaffi_type_dict)
        pytype_to_metaffi_type_dict["c_int"] = MetaFFITypes.metaffi_int32_type.value
        try:

            def visit(index: ctypes.c_int, text: str) -> None:
                seen.append((index, text))

            seen: list[Any] = []
            wrapped = metaffi.metaffi_module.make_metaffi_callable(visit)
        finally:
            pytype_to_metaffi_type_dict.clear()
            pytype_to_metaffi_type_dict.update(before)
        guest = metaffi.MetaFFIRuntime("c").load_module(c_path)
        guest.load_entity("callable=each", None, None)(wrapped, 2)
        assert seen == [(0, "item 0"), (1, "item 1")]

    def test_a_returned_callable(self, python_path: str) -> None:
        pick = self.load(
            "operator",
            "callable=attrgetter",
            [metaffi_type_info(MetaFFITypes.metaffi_string8_type)],
            [metaffi_type_info(MetaFFITypes.metaffi_callable_type)],
        )
        assert callable(pick("real"))

    def test_an_error_is_a_runtime_error(self, python_path: str) -> None:
        fail = self.load(
            python_path,
            "callable=fail",
            [metaffi_type_info(MetaFFITypes.metaffi_string8_type)],
            None,
        )
        try:
            fail("no good")
        except RuntimeError as error:
            assert "no good" in str(error)
        else:
            raise AssertionError("it did not fail")


C_GUEST = """
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
int64_t five_seconds = 5;
static int64_t calls;
void greet(void) { calls++; }
int64_t greeted(void) { return calls; }
double divide(int64_t by, int64_t what) { return (double)by / what; }
int8_t narrow(int8_t a) { return a + 1; }
float single(float a) { return a / 2; }
_Bool is_longer(const char *a, const char *b) { return strlen(a) > strlen(b); }
int64_t total(const int64_t *numbers, uint64_t count) {
    int64_t sum = 0;
    while (count) sum += numbers[--count];
    return sum;
}
struct map { int64_t keys[8], values[8]; int count; };
struct map *new_map(void) { return calloc(1, sizeof(struct map)); }
void map_set(struct map *map, int64_t key, int64_t value) {
    map->keys[map->count] = key;
    map->values[map->count++] = value;
}
int64_t map_get(struct map *map, int64_t key) {
    for (int i = 0; i < map->count; i++)
        if (map->keys[i] == key) return map->values[i];
    return -1;
}
void map_free(struct map *map) { free(map); }
int64_t call_back(int64_t (*add)(int64_t, int64_t), int64_t a, int64_t b) { return add(a, b); }
"""


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("guest")
    (folder / "guest.c").write_text(C_GUEST)
    command = ["cc", "-shared", "-fPIC", "guest.c", "-o", "libguest.so"]
    subprocess.run(command, check=True, cwd=folder)
    runtime = metaffi.metaffi_runtime.MetaFFIRuntime("c")
    runtime.load_runtime_plugin()
    yield runtime.load_module(f"{folder}/libguest.so")
    runtime.release_runtime_plugin()


class TestGuestOfC:
    """A library of C that nothing declares: the program says the types, `None` is none."""

    def test_none_is_none(self, guest: Any) -> None:
        greet = guest.load_entity("callable=greet", None, None)
        assert greet() is None
        assert guest.load_entity("callable=greeted", None, infos("int64"))() == 1
        del greet

    def test_numbers_and_texts(self, guest: Any) -> None:
        divide = guest.load_entity("callable=divide", infos("int64", "int64"), infos("float64"))
        assert divide(10, 4) == 2.5
        assert guest.load_entity("callable=narrow", infos("int8"), infos("int8"))(41) == 42
        single = guest.load_entity("callable=single", infos("float32"), infos("float32"))
        assert single(0.5) == 0.25
        longer = guest.load_entity("callable=is_longer", infos("string8", "string8"), infos("bool"))
        assert longer("three", "two") is True and longer("", "two") is False

    def test_arrays(self, guest: Any) -> None:
        numbers = new_metaffi_type_info(MetaFFITypes.metaffi_int64_array_type, dims=1)
        total = guest.load_entity("callable=total", (numbers, *infos("uint64")), infos("int64"))
        assert total([1, 2, 39], 3) == 42

    def test_handles(self, guest: Any) -> None:
        new = guest.load_entity("callable=new_map", None, infos("handle"))
        put = guest.load_entity("callable=map_set", infos("handle", "int64", "int64"), None)
        get = guest.load_entity("callable=map_get", infos("handle", "int64"), infos("int64"))
        free = guest.load_entity("callable=map_free", infos("handle"), None)
        first, second = new(), new()
        assert put(first, 1, 10) is None
        put(second, 1, 20)
        assert (get(first, 1), get(second, 1), get(first, 2)) == (10, 20, -1)
        free(first)
        free(second)

    def test_globals(self, guest: Any) -> None:
        getter = guest.load_entity("global=five_seconds,getter", None, infos("int64"))
        setter = guest.load_entity("global=five_seconds,setter", infos("int64"), None)
        assert getter() == 5
        setter(6)
        assert getter() == 6
        setter(5)

    def test_callbacks(self, guest: Any) -> None:
        def add(x: int, y: int) -> int:
            return x + y

        made = metaffi.make_metaffi_callable(add)
        call = guest.load_entity(
            "callable=call_back", infos("callable", "int64", "int64"), infos("int64")
        )
        assert call(made, 1, 2) == 3
        assert call(made, -(2**40), 1) == 1 - 2**40

    def test_what_is_not_there_is_a_runtime_error(self, guest: Any) -> None:
        with pytest.raises(RuntimeError, match="no_such_function"):
            guest.load_entity("callable=no_such_function", None, None)
