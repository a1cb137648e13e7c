"""Programs as they are written for the package metaffi-api."""

from __future__ import annotations

import ctypes
from typing import Any

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
