use std::ffi::c_char;

use super::metaffi_ctype;

/// What a C type is, seen through typedef names and qualifiers: one of the `METAFFI_CTYPE_…`
/// numbers.
pub type metaffi_ctype_class = u32;

/// No type: the handle is not valid.
pub const METAFFI_CTYPE_NONE: metaffi_ctype_class = 0;
/// `void`
pub const METAFFI_CTYPE_VOID: metaffi_ctype_class = 1;
/// `_Bool`
pub const METAFFI_CTYPE_BOOL: metaffi_ctype_class = 2;
/// An integer, characters included, of 1 to 16 bytes.
pub const METAFFI_CTYPE_INTEGER: metaffi_ctype_class = 3;
/// A real floating type.
pub const METAFFI_CTYPE_FLOAT: metaffi_ctype_class = 4;
/// A complex floating type.
pub const METAFFI_CTYPE_COMPLEX: metaffi_ctype_class = 5;
/// A pointer.
pub const METAFFI_CTYPE_POINTER: metaffi_ctype_class = 6;
/// An array.
pub const METAFFI_CTYPE_ARRAY: metaffi_ctype_class = 7;
/// A struct.
pub const METAFFI_CTYPE_STRUCT: metaffi_ctype_class = 8;
/// A union.
pub const METAFFI_CTYPE_UNION: metaffi_ctype_class = 9;
/// An enum.
pub const METAFFI_CTYPE_ENUM: metaffi_ctype_class = 10;
/// A function.
pub const METAFFI_CTYPE_FUNCTION: metaffi_ctype_class = 11;
/// A vector, as of `__attribute__((vector_size(n)))`.
pub const METAFFI_CTYPE_VECTOR: metaffi_ctype_class = 12;
/// `va_list`
pub const METAFFI_CTYPE_VA_LIST: metaffi_ctype_class = 13;

/// How a function is called: one of the `METAFFI_CONVENTION_…` numbers.
pub type metaffi_convention = u32;

/// The platform's own convention.
pub const METAFFI_CONVENTION_DEFAULT: metaffi_convention = 0;
/// System V x86-64: `__attribute__((sysv_abi))`.
pub const METAFFI_CONVENTION_SYSV: metaffi_convention = 1;
/// Microsoft x64: `__attribute__((ms_abi))`.
pub const METAFFI_CONVENTION_MS: metaffi_convention = 2;

/// A member of a struct or union to be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_ctype_field {
    /// NUL-terminated; NULL for an anonymous struct or union, and for padding bits.
    pub name: *const c_char,
    /// The type, of the same module.
    pub r#type: *const metaffi_ctype,
    /// The width of a bit-field; -1 for what is none.
    pub bits: i32,
    /// At least this alignment in bytes, as by `_Alignas`; 0: that of the type.
    pub align: u32,
}
