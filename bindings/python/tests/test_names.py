"""The names of the package, and what can be known without loading anything."""

from __future__ import annotations

import copy
import pickle

import pytest

import metaffi
from metaffi import MetaFFITypes, metaffi_type_info, metaffi_types

NAMES = [
    "MetaFFIRuntime",
    "MetaFFIModule",
    "MetaFFIEntity",
    "MetaFFIHandle",
    "MetaFFITypes",
    "MetaFFIError",
    "metaffi_type_info",
    "make_metaffi_callable",
    "__version__",
    "metaffi_runtime",
    "metaffi_module",
    "metaffi_types",
    "metaffihandle",
    "doctor",
]

NUMBERS = {
    "float64": 1,
    "float32": 2,
    "int8": 4,
    "int16": 8,
    "int32": 16,
    "int64": 32,
    "uint8": 64,
    "uint16": 128,
    "uint32": 256,
    "uint64": 512,
    "bool": 1024,
    "string8": 4096,
    "string16": 8192,
    "string32": 16384,
    "handle": 32768,
    "array": 65536,
    "size": 262144,
    "char8": 524288,
    "char16": 1048576,
    "char32": 2097152,
    "any": 4194304,
    "null": 8388608,
    "callable": 16777216,
    "packed": 33554432,
}
ELEMENTS = [name for name in NUMBERS if name not in ("array", "null", "packed")]


@pytest.mark.parametrize("name", NAMES)
def test_the_package_has_the_name(name: str) -> None:
    assert hasattr(metaffi, name)


def test_the_submodules_have_their_names() -> None:
    assert metaffi.metaffi_runtime.MetaFFIRuntime is metaffi.MetaFFIRuntime
    assert metaffi.metaffi_module.MetaFFIModule is metaffi.MetaFFIModule
    assert metaffi.metaffi_module.MetaFFIEntity is metaffi.MetaFFIEntity
    assert metaffi.metaffi_types.MetaFFITypes is metaffi.MetaFFITypes
    assert metaffi.metaffihandle.MetaFFIHandle is metaffi.MetaFFIHandle


def test_the_version_is_that_of_the_library() -> None:
    assert metaffi.__version__.split(".")[0].isdigit()
    assert len(metaffi.__version__.split(".")) == 3


@pytest.mark.parametrize(("name", "number"), NUMBERS.items())
def test_types_have_their_numbers(name: str, number: int) -> None:
    assert MetaFFITypes[f"metaffi_{name}_type"] == number


@pytest.mark.parametrize("name", ELEMENTS)
def test_array_types_are_the_element_with_flags(name: str) -> None:
    array = MetaFFITypes[f"metaffi_{name}_array_type"]
    packed = MetaFFITypes[f"metaffi_{name}_packed_array_type"]
    assert array == NUMBERS[name] | NUMBERS["array"]
    assert packed == NUMBERS[name] | NUMBERS["array"] | NUMBERS["packed"]
    assert array.name == f"metaffi_{name}_array_type"


def test_a_type_describes_itself() -> None:
    assert MetaFFITypes.metaffi_int64_type.describe() == ("metaffi_int64_type", 32)


def test_a_type_info_keeps_what_it_is_given() -> None:
    bare = metaffi_type_info(MetaFFITypes.metaffi_int64_type)
    full = metaffi_type_info(MetaFFITypes.metaffi_handle_array_type, alias="Box", dims=2)
    assert (bare.type, bare.alias, bare.fixed_dimensions) == (32, None, 0)
    assert (full.type, full.alias, full.fixed_dimensions) == (32768 | 65536, "Box", 2)
    assert repr(full) == "metaffi_type_info(metaffi_handle_array_type, alias='Box', dims=2)"
    assert metaffi_types.new_metaffi_type_info(32) == bare != full
    assert {bare: 1}[metaffi_type_info(32)] == 1


def test_a_type_info_is_a_value() -> None:
    full = metaffi_type_info(MetaFFITypes.metaffi_handle_array_type, alias="Box", dims=2)
    assert pickle.loads(pickle.dumps(full)) == full
    assert copy.deepcopy(full) == full


def test_an_unknown_number_is_refused_when_an_entity_is_loaded(
    guest: metaffi.MetaFFIModule,
) -> None:
    with pytest.raises(metaffi.MetaFFIError):
        guest.load_entity("callable=add", [metaffi_type_info(1 << 40)] * 2, [metaffi_type_info(32)])
