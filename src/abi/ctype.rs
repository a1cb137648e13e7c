use std::ffi::c_char;

use super::metaffi_ctype;

/// No type: the handle is not valid.
pub const METAFFI_CTYPE_KIND_NONE: u32 = 0;
/// `void`
pub const METAFFI_CTYPE_KIND_VOID: u32 = 1;
/// `_Bool`
pub const METAFFI_CTYPE_KIND_BOOL: u32 = 2;
/// An integer, characters included, of 1 to 16 bytes.
pub const METAFFI_CTYPE_KIND_INTEGER: u32 = 3;
/// A real floating type.
pub const METAFFI_CTYPE_KIND_FLOAT: u32 = 4;
/// A complex floating type.
pub const METAFFI_CTYPE_KIND_COMPLEX: u32 = 5;
/// A pointer.
pub const METAFFI_CTYPE_KIND_POINTER: u32 = 6;
/// An array.
pub const METAFFI_CTYPE_KIND_ARRAY: u32 = 7;
/// A struct.
pub const METAFFI_CTYPE_KIND_STRUCT: u32 = 8;
/// A union.
pub const METAFFI_CTYPE_KIND_UNION: u32 = 9;
/// An enum.
pub const METAFFI_CTYPE_KIND_ENUM: u32 = 10;
/// A function.
pub const METAFFI_CTYPE_KIND_FUNCTION: u32 = 11;
/// A vector, as of `__attribute__((vector_size(n)))`.
pub const METAFFI_CTYPE_KIND_VECTOR: u32 = 12;
/// `va_list`
pub const METAFFI_CTYPE_KIND_VA_LIST: u32 = 13;

/// The platform's own convention.
pub const METAFFI_CONVENTION_DEFAULT: u32 = 0;
/// System V x86-64: `__attribute__((sysv_abi))`.
pub const METAFFI_CONVENTION_SYSV: u32 = 1;
/// Microsoft x64: `__attribute__((ms_abi))`.
pub const METAFFI_CONVENTION_MS: u32 = 2;

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
