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

/// No primitive type.
pub const METAFFI_PRIMITIVE_NONE: u32 = 0;
/// `void`
pub const METAFFI_PRIMITIVE_VOID: u32 = 1;
/// `_Bool`
pub const METAFFI_PRIMITIVE_BOOL: u32 = 2;
/// `char`
pub const METAFFI_PRIMITIVE_CHAR: u32 = 3;
/// `signed char`
pub const METAFFI_PRIMITIVE_SIGNED_CHAR: u32 = 4;
/// `unsigned char`
pub const METAFFI_PRIMITIVE_UNSIGNED_CHAR: u32 = 5;
/// `short`
pub const METAFFI_PRIMITIVE_SHORT: u32 = 6;
/// `unsigned short`
pub const METAFFI_PRIMITIVE_UNSIGNED_SHORT: u32 = 7;
/// `int`
pub const METAFFI_PRIMITIVE_INT: u32 = 8;
/// `unsigned int`
pub const METAFFI_PRIMITIVE_UNSIGNED_INT: u32 = 9;
/// `long`
pub const METAFFI_PRIMITIVE_LONG: u32 = 10;
/// `unsigned long`
pub const METAFFI_PRIMITIVE_UNSIGNED_LONG: u32 = 11;
/// `long long`
pub const METAFFI_PRIMITIVE_LONG_LONG: u32 = 12;
/// `unsigned long long`
pub const METAFFI_PRIMITIVE_UNSIGNED_LONG_LONG: u32 = 13;
/// `__int128`
pub const METAFFI_PRIMITIVE_INT128: u32 = 14;
/// `unsigned __int128`
pub const METAFFI_PRIMITIVE_UNSIGNED_INT128: u32 = 15;
/// `wchar_t`
pub const METAFFI_PRIMITIVE_WCHAR: u32 = 16;
/// `char16_t`
pub const METAFFI_PRIMITIVE_CHAR16: u32 = 17;
/// `char32_t`
pub const METAFFI_PRIMITIVE_CHAR32: u32 = 18;
/// `_Float16`
pub const METAFFI_PRIMITIVE_FLOAT16: u32 = 19;
/// `float`
pub const METAFFI_PRIMITIVE_FLOAT: u32 = 20;
/// `double`
pub const METAFFI_PRIMITIVE_DOUBLE: u32 = 21;
/// `long double`
pub const METAFFI_PRIMITIVE_LONG_DOUBLE: u32 = 22;
/// `_Float128`
pub const METAFFI_PRIMITIVE_FLOAT128: u32 = 23;
/// `_Complex float`
pub const METAFFI_PRIMITIVE_COMPLEX_FLOAT: u32 = 24;
/// `_Complex double`
pub const METAFFI_PRIMITIVE_COMPLEX_DOUBLE: u32 = 25;
/// `_Complex long double`
pub const METAFFI_PRIMITIVE_COMPLEX_LONG_DOUBLE: u32 = 26;

/// The platform's own convention.
pub const METAFFI_CONVENTION_DEFAULT: u32 = 0;
/// System V x86-64: `__attribute__((sysv_abi))`.
pub const METAFFI_CONVENTION_SYSV: u32 = 1;
/// Microsoft x64: `__attribute__((ms_abi))`.
pub const METAFFI_CONVENTION_MS: u32 = 2;

/// As `bits` of a metaffi_ctype_field: `: 0`.
pub const METAFFI_BITS_END: i32 = -1;

/// A member of a struct or union to be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_ctype_field {
    /// NUL-terminated; NULL for a member without a name, and for padding bits.
    pub name: *const c_char,
    /// The type, of the same module or of none.
    pub r#type: *const metaffi_ctype,
    /// The width of a bit-field; 0 for what is none. METAFFI_BITS_END, of a member without a name, is
    /// the bit-field of width 0 that ends its storage unit.
    pub bits: i32,
    /// At least this alignment in bytes, as by `_Alignas`; 0: that of the type.
    pub align: u32,
}
