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
    Array = abi::metaffi_array_type,
}

/// The kinds with their names, `array` last: it is a flag as well.
pub(super) const KINDS: [(Kind, &str); 23] = [
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
    (Kind::Array, "array"),
];

/// The kinds by the number of their bit.
const BY_BIT: [Option<Kind>; 25] = {
    let mut kinds = [None; 25];
    let mut index = 0;
    while index < KINDS.len() {
        let (kind, _) = KINDS[index];
        kinds[(kind as u64).trailing_zeros() as usize] = Some(kind);
        index += 1;
    }
    kinds
};

impl Kind {
    /// Every kind that an array can have as its element by name: all but `null` and `array`.
    pub fn elements() -> impl Iterator<Item = Kind> {
        KINDS.into_iter().map(|(kind, _)| kind).filter(|kind| kind.is_element())
    }

    pub(super) fn is_element(self) -> bool {
        !matches!(self, Kind::Null | Kind::Array)
    }

    /// Whether it is a number, a bool or a character: one slot, and nothing to free.
    pub fn is_scalar(self) -> bool {
        use Kind::{Any, Array, Callable, Handle, Null, String8, String16, String32};
        !matches!(self, String8 | String16 | String32 | Handle | Callable | Any | Null | Array)
    }

    /// Whether it is a string, of any width.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::String8 | Kind::String16 | Kind::String32)
    }

    pub(super) const fn of(flag: u64) -> Option<Kind> {
        let bit = flag.trailing_zeros() as usize;
        if flag.is_power_of_two() && bit < BY_BIT.len() { BY_BIT[bit] } else { None }
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
