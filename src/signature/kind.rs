//! [`Kind`]: how values of a type are held.

use std::fmt;

use crate::abi;

/// How values of a type are held: what to match on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u64)]
#[expect(missing_docs, reason = "the variants are the types of `abi`, documented there")]
pub enum Kind {
    Float64 = abi::metaffi_float64_type,
    Float32 = abi::metaffi_float32_type,
    Int8 = abi::metaffi_int8_type,
    Int16 = abi::metaffi_int16_type,
    Int32 = abi::metaffi_int32_type,
    Int64 = abi::metaffi_int64_type,
    Uint8 = abi::metaffi_uint8_type,
    Uint16 = abi::metaffi_uint16_type,
    Uint32 = abi::metaffi_uint32_type,
    Uint64 = abi::metaffi_uint64_type,
    Bool = abi::metaffi_bool_type,
    Size = abi::metaffi_size_type,
    Char8 = abi::metaffi_char8_type,
    Char16 = abi::metaffi_char16_type,
    Char32 = abi::metaffi_char32_type,
    String8 = abi::metaffi_string8_type,
    String16 = abi::metaffi_string16_type,
    String32 = abi::metaffi_string32_type,
    Handle = abi::metaffi_handle_type,
    Callable = abi::metaffi_callable_type,
    Any = abi::metaffi_any_type,
    Null = abi::metaffi_null_type,
    BigInt = abi::metaffi_bigint_type,
    Decimal = abi::metaffi_decimal_type,
    Complex = abi::metaffi_complex_type,
    Date = abi::metaffi_date_type,
    Time = abi::metaffi_time_type,
    DateTime = abi::metaffi_datetime_type,
    Duration = abi::metaffi_duration_type,
    Zone = abi::metaffi_zone_type,
    Uuid = abi::metaffi_uuid_type,
    Range = abi::metaffi_range_type,
    Map = abi::metaffi_map_type,
    Set = abi::metaffi_set_type,
    Tuple = abi::metaffi_tuple_type,
    Array = abi::metaffi_array_type,
}

/// The kinds with their names, `array` last: it is a flag as well.
pub(super) const KINDS: [(Kind, &str); 36] = [
    (Kind::Float64, "float64"),
    (Kind::Float32, "float32"),
    (Kind::Int8, "int8"),
    (Kind::Int16, "int16"),
    (Kind::Int32, "int32"),
    (Kind::Int64, "int64"),
    (Kind::Uint8, "uint8"),
    (Kind::Uint16, "uint16"),
    (Kind::Uint32, "uint32"),
    (Kind::Uint64, "uint64"),
    (Kind::Bool, "bool"),
    (Kind::Size, "size"),
    (Kind::Char8, "char8"),
    (Kind::Char16, "char16"),
    (Kind::Char32, "char32"),
    (Kind::String8, "string8"),
    (Kind::String16, "string16"),
    (Kind::String32, "string32"),
    (Kind::Handle, "handle"),
    (Kind::Callable, "callable"),
    (Kind::Any, "any"),
    (Kind::Null, "null"),
    (Kind::BigInt, "bigint"),
    (Kind::Decimal, "decimal"),
    (Kind::Complex, "complex"),
    (Kind::Date, "date"),
    (Kind::Time, "time"),
    (Kind::DateTime, "datetime"),
    (Kind::Duration, "duration"),
    (Kind::Zone, "zone"),
    (Kind::Uuid, "uuid"),
    (Kind::Range, "range"),
    (Kind::Map, "map"),
    (Kind::Set, "set"),
    (Kind::Tuple, "tuple"),
    (Kind::Array, "array"),
];

/// The bits of all kinds.
const ALL: u64 = {
    let (mut bits, mut index) = (0, 0);
    while index < KINDS.len() {
        bits |= KINDS[index].0 as u64;
        index += 1;
    }
    bits
};

/// The bits of some kinds.
const fn mask(kinds: &[Kind]) -> u64 {
    let (mut bits, mut index) = (0, 0);
    while index < kinds.len() {
        bits |= kinds[index] as u64;
        index += 1;
    }
    bits
}

impl Kind {
    /// Every kind that an array can have as its element by name: all but `null` and `array`.
    pub fn elements() -> impl Iterator<Item = Kind> {
        KINDS.into_iter().map(|(kind, _)| kind).filter(|kind| kind.is_element())
    }

    #[inline]
    pub(super) fn is_element(self) -> bool {
        !matches!(self, Kind::Null | Kind::Array)
    }

    /// Whether it is a number, a bool or a character: one slot, and nothing to free.
    #[inline]
    pub fn is_scalar(self) -> bool {
        const SCALARS: u64 = mask(&[
            Kind::Float64,
            Kind::Float32,
            Kind::Int8,
            Kind::Int16,
            Kind::Int32,
            Kind::Int64,
            Kind::Uint8,
            Kind::Uint16,
            Kind::Uint32,
            Kind::Uint64,
            Kind::Bool,
            Kind::Size,
            Kind::Char8,
            Kind::Char16,
            Kind::Char32,
        ]);
        self as u64 & SCALARS != 0
    }

    /// Whether values of it are a pointer to a structure of `abi` that refers to no other values:
    /// a big integer, a date, a range.
    pub fn is_neutral(self) -> bool {
        const NEUTRALS: u64 = mask(&[
            Kind::BigInt,
            Kind::Decimal,
            Kind::Complex,
            Kind::Date,
            Kind::Time,
            Kind::DateTime,
            Kind::Duration,
            Kind::Zone,
            Kind::Uuid,
            Kind::Range,
        ]);
        self as u64 & NEUTRALS != 0
    }

    /// Whether it is a map, a set or a tuple, which are held as an array of their values.
    pub fn is_collection(self) -> bool {
        matches!(self, Kind::Map | Kind::Set | Kind::Tuple)
    }

    /// Whether values of it are a pointer to a `metaffi_array`.
    pub fn is_held_as_array(self) -> bool {
        self == Kind::Array || self.is_collection()
    }

    /// Whether it is a string, of any width.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::String8 | Kind::String16 | Kind::String32)
    }

    /// Whether it is of integers that int64 may not hold.
    pub fn is_wide_integer(self) -> bool {
        matches!(self, Kind::BigInt | Kind::Uint64 | Kind::Size)
    }

    /// The kind of a number, if it is one's.
    #[inline]
    pub(super) const fn of(flag: u64) -> Option<Kind> {
        match flag.is_power_of_two() && flag & ALL != 0 {
            // SAFETY: each bit of all kinds is one of them.
            true => Some(unsafe { std::mem::transmute::<u64, Kind>(flag) }),
            false => None,
        }
    }

    /// Its name, such as `int64`.
    pub fn name(self) -> &'static str {
        KINDS.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
