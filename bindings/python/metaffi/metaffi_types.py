"""The types of metaffi: their numbers, what a signature says of each, and Python's annotations."""

from __future__ import annotations

from enum import IntFlag

from ._annotations import get_callable_types, pytype_to_metaffi_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from typing_extensions import Self

    _TypeInfo = tuple[int, Optional[str], int]
else:
    _TypeInfo = tuple

__all__ = [
    "MetaFFITypes",
    "get_callable_types",
    "make_metaffi_callable",
    "metaffi_type_info",
    "new_metaffi_type_info",
    "pytype_to_metaffi_type",
    "pytype_to_metaffi_type_dict",
]


class MetaFFITypes(IntFlag):
    """The numbers of the types, as in `metaffi.h`."""

    metaffi_float64_type = 1
    metaffi_float32_type = 2
    metaffi_int8_type = 4
    metaffi_int16_type = 8
    metaffi_int32_type = 16
    metaffi_int64_type = 32
    metaffi_uint8_type = 64
    metaffi_uint16_type = 128
    metaffi_uint32_type = 256
    metaffi_uint64_type = 512
    metaffi_bool_type = 1024
    metaffi_string8_type = 4096
    metaffi_string16_type = 8192
    metaffi_string32_type = 16384
    metaffi_handle_type = 32768
    metaffi_array_type = 65536
    metaffi_size_type = 262144
    metaffi_char8_type = 524288
    metaffi_char16_type = 1048576
    metaffi_char32_type = 2097152
    metaffi_any_type = 4194304
    metaffi_null_type = 8388608
    metaffi_callable_type = 16777216
    metaffi_packed_type = 33554432
    metaffi_bigint_type = 4294967296
    metaffi_decimal_type = 8589934592
    metaffi_complex_type = 17179869184
    metaffi_date_type = 34359738368
    metaffi_time_type = 68719476736
    metaffi_datetime_type = 137438953472
    metaffi_duration_type = 274877906944
    metaffi_zone_type = 549755813888
    metaffi_uuid_type = 1099511627776
    metaffi_range_type = 2199023255552
    metaffi_map_type = 4398046511104
    metaffi_set_type = 8796093022208
    metaffi_tuple_type = 17592186044416

    metaffi_float64_array_type = metaffi_float64_type | metaffi_array_type
    metaffi_float32_array_type = metaffi_float32_type | metaffi_array_type
    metaffi_int8_array_type = metaffi_int8_type | metaffi_array_type
    metaffi_int16_array_type = metaffi_int16_type | metaffi_array_type
    metaffi_int32_array_type = metaffi_int32_type | metaffi_array_type
    metaffi_int64_array_type = metaffi_int64_type | metaffi_array_type
    metaffi_uint8_array_type = metaffi_uint8_type | metaffi_array_type
    metaffi_uint16_array_type = metaffi_uint16_type | metaffi_array_type
    metaffi_uint32_array_type = metaffi_uint32_type | metaffi_array_type
    metaffi_uint64_array_type = metaffi_uint64_type | metaffi_array_type
    metaffi_bool_array_type = metaffi_bool_type | metaffi_array_type
    metaffi_string8_array_type = metaffi_string8_type | metaffi_array_type
    metaffi_string16_array_type = metaffi_string16_type | metaffi_array_type
    metaffi_string32_array_type = metaffi_string32_type | metaffi_array_type
    metaffi_handle_array_type = metaffi_handle_type | metaffi_array_type
    metaffi_size_array_type = metaffi_size_type | metaffi_array_type
    metaffi_char8_array_type = metaffi_char8_type | metaffi_array_type
    metaffi_char16_array_type = metaffi_char16_type | metaffi_array_type
    metaffi_char32_array_type = metaffi_char32_type | metaffi_array_type
    metaffi_any_array_type = metaffi_any_type | metaffi_array_type
    metaffi_callable_array_type = metaffi_callable_type | metaffi_array_type
    metaffi_bigint_array_type = metaffi_bigint_type | metaffi_array_type
    metaffi_decimal_array_type = metaffi_decimal_type | metaffi_array_type
    metaffi_complex_array_type = metaffi_complex_type | metaffi_array_type
    metaffi_date_array_type = metaffi_date_type | metaffi_array_type
    metaffi_time_array_type = metaffi_time_type | metaffi_array_type
    metaffi_datetime_array_type = metaffi_datetime_type | metaffi_array_type
    metaffi_duration_array_type = metaffi_duration_type | metaffi_array_type
    metaffi_zone_array_type = metaffi_zone_type | metaffi_array_type
    metaffi_uuid_array_type = metaffi_uuid_type | metaffi_array_type
    metaffi_range_array_type = metaffi_range_type | metaffi_array_type
    metaffi_map_array_type = metaffi_map_type | metaffi_array_type
    metaffi_set_array_type = metaffi_set_type | metaffi_array_type
    metaffi_tuple_array_type = metaffi_tuple_type | metaffi_array_type

    metaffi_float64_packed_array_type = metaffi_float64_array_type | metaffi_packed_type
    metaffi_float32_packed_array_type = metaffi_float32_array_type | metaffi_packed_type
    metaffi_int8_packed_array_type = metaffi_int8_array_type | metaffi_packed_type
    metaffi_int16_packed_array_type = metaffi_int16_array_type | metaffi_packed_type
    metaffi_int32_packed_array_type = metaffi_int32_array_type | metaffi_packed_type
    metaffi_int64_packed_array_type = metaffi_int64_array_type | metaffi_packed_type
    metaffi_uint8_packed_array_type = metaffi_uint8_array_type | metaffi_packed_type
    metaffi_uint16_packed_array_type = metaffi_uint16_array_type | metaffi_packed_type
    metaffi_uint32_packed_array_type = metaffi_uint32_array_type | metaffi_packed_type
    metaffi_uint64_packed_array_type = metaffi_uint64_array_type | metaffi_packed_type
    metaffi_bool_packed_array_type = metaffi_bool_array_type | metaffi_packed_type
    metaffi_string8_packed_array_type = metaffi_string8_array_type | metaffi_packed_type
    metaffi_string16_packed_array_type = metaffi_string16_array_type | metaffi_packed_type
    metaffi_string32_packed_array_type = metaffi_string32_array_type | metaffi_packed_type
    metaffi_handle_packed_array_type = metaffi_handle_array_type | metaffi_packed_type
    metaffi_size_packed_array_type = metaffi_size_array_type | metaffi_packed_type
    metaffi_char8_packed_array_type = metaffi_char8_array_type | metaffi_packed_type
    metaffi_char16_packed_array_type = metaffi_char16_array_type | metaffi_packed_type
    metaffi_char32_packed_array_type = metaffi_char32_array_type | metaffi_packed_type
    metaffi_any_packed_array_type = metaffi_any_array_type | metaffi_packed_type
    metaffi_callable_packed_array_type = metaffi_callable_array_type | metaffi_packed_type
    metaffi_bigint_packed_array_type = metaffi_bigint_array_type | metaffi_packed_type
    metaffi_decimal_packed_array_type = metaffi_decimal_array_type | metaffi_packed_type
    metaffi_complex_packed_array_type = metaffi_complex_array_type | metaffi_packed_type
    metaffi_date_packed_array_type = metaffi_date_array_type | metaffi_packed_type
    metaffi_time_packed_array_type = metaffi_time_array_type | metaffi_packed_type
    metaffi_datetime_packed_array_type = metaffi_datetime_array_type | metaffi_packed_type
    metaffi_duration_packed_array_type = metaffi_duration_array_type | metaffi_packed_type
    metaffi_zone_packed_array_type = metaffi_zone_array_type | metaffi_packed_type
    metaffi_uuid_packed_array_type = metaffi_uuid_array_type | metaffi_packed_type
    metaffi_range_packed_array_type = metaffi_range_array_type | metaffi_packed_type
    metaffi_map_packed_array_type = metaffi_map_array_type | metaffi_packed_type
    metaffi_set_packed_array_type = metaffi_set_array_type | metaffi_packed_type
    metaffi_tuple_packed_array_type = metaffi_tuple_array_type | metaffi_packed_type

    def describe(self) -> tuple[str | None, int]:
        """Name and number."""
        return self.name, self.value


class metaffi_type_info(_TypeInfo):
    """A type in a signature: with the foreign type's name, and an array's number of dimensions.

    Without dimensions, an array has as many as it comes with.
    """

    __slots__ = ()

    def __new__(
        cls,
        metaffi_type: int = MetaFFITypes.metaffi_null_type,
        alias: str | None = None,
        dims: int = 0,
    ) -> Self:
        return super().__new__(cls, (MetaFFITypes(metaffi_type), alias, dims))

    @property
    def type(self) -> int:
        """The number of the type, one of `MetaFFITypes`."""
        return self[0]

    @property
    def alias(self) -> str | None:
        """The foreign type's name, such as a class; it may select an overload."""
        return self[1]

    @property
    def fixed_dimensions(self) -> int:
        """The number of dimensions of an array; 0 if any will do."""
        return self[2]

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        name = getattr(self[0], "name", None) or self[0]
        alias = "" if self[1] is None else f", alias={self[1]!r}"
        dims = f", dims={self[2]}" if self[2] else ""
        return f"metaffi_type_info({name}{alias}{dims})"


def new_metaffi_type_info(
    metaffi_type: int, alias: str | None = None, dims: int = 0
) -> metaffi_type_info:
    """A `metaffi_type_info`."""
    return metaffi_type_info(metaffi_type, alias, dims)


#: What `make_metaffi_callable` takes for an annotation, by the name of the class. It is read when
#: a function is wrapped: add names to it, those of ctypes for example.
pytype_to_metaffi_type_dict: dict[str, int] = {
    "str": MetaFFITypes.metaffi_string8_type.value,
    "int": MetaFFITypes.metaffi_int64_type.value,
    "float": MetaFFITypes.metaffi_float64_type.value,
    "bool": MetaFFITypes.metaffi_bool_type.value,
    "list": MetaFFITypes.metaffi_any_type.value,
    "tuple": MetaFFITypes.metaffi_any_type.value,
    "Tuple": MetaFFITypes.metaffi_any_type.value,
}


def make_metaffi_callable(f: Any) -> Any:
    """`metaffi.make_metaffi_callable`."""
    from .metaffi_module import make_metaffi_callable

    return make_metaffi_callable(f)
