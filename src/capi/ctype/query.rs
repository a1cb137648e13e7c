//! What C types are: size, layout, members.

use std::ffi::c_char;

use super::{get, give};
use crate::abi;
use crate::abi::{metaffi_ctype, metaffi_error, metaffi_status};
use crate::backend::c::TypeHandle;
use crate::backend::c::types::{Convention, RecordKind, TypeKind};
use crate::capi::guard::{guard, guard_into, optional, out};
use crate::capi::{handle, input, text};
use crate::error::{Error, Result};

/// The size of a value of a type in bytes, as `sizeof` gives it.
///
/// @param size The size; 0 for an empty struct.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for `void`, functions and what has no
///         definition or length; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `size` is NULL.
///
/// # Safety
/// `size` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_size(
    ctype: *const metaffi_ctype,
    size: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, size, "size", || {
        let ctype = get(ctype)?;
        ctype.types().size(ctype.id())
    })
}

/// The alignment of a type in bytes, as `_Alignof` gives it.
///
/// @param align The alignment.
/// @return As metaffi_ctype_size; `T[]` has the alignment of its elements.
///
/// # Safety
/// `align` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_align(
    ctype: *const metaffi_ctype,
    align: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, align, "align", || {
        let ctype = get(ctype)?;
        ctype.types().align(ctype.id())
    })
}

/// A type as C spells it: "const char *", "int (*)(void)".
///
/// @param name NUL-terminated, owned by the caller: metaffi_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `name` is
///         NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `name` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_name(
    ctype: *const metaffi_ctype,
    name: *mut *mut c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, name, "name", || text::give(&get(ctype)?.ctype().spell()))
}

/// What a type is, seen through typedef names and qualifiers.
///
/// @return One of METAFFI_CTYPE_KIND_…; METAFFI_CTYPE_KIND_NONE if `ctype` is no type.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_ctype_kind(ctype: *const metaffi_ctype) -> u32 {
    handle::ask(ctype, abi::METAFFI_CTYPE_KIND_NONE, |ctype: &TypeHandle| {
        number(ctype.types().resolved(ctype.id()))
    })
}

fn number(kind: TypeKind) -> u32 {
    use crate::backend::c::types::Primitive;
    match kind {
        TypeKind::Primitive(Primitive::Void) => abi::METAFFI_CTYPE_KIND_VOID,
        TypeKind::Primitive(Primitive::Bool) => abi::METAFFI_CTYPE_KIND_BOOL,
        TypeKind::Primitive(float) if float.is_float() => abi::METAFFI_CTYPE_KIND_FLOAT,
        TypeKind::Primitive(complex) if complex.is_complex() => abi::METAFFI_CTYPE_KIND_COMPLEX,
        TypeKind::Primitive(_) => abi::METAFFI_CTYPE_KIND_INTEGER,
        TypeKind::VaList => abi::METAFFI_CTYPE_KIND_VA_LIST,
        TypeKind::Pointer(_) => abi::METAFFI_CTYPE_KIND_POINTER,
        TypeKind::Array { .. } => abi::METAFFI_CTYPE_KIND_ARRAY,
        TypeKind::Vector { .. } => abi::METAFFI_CTYPE_KIND_VECTOR,
        TypeKind::Function(_) => abi::METAFFI_CTYPE_KIND_FUNCTION,
        TypeKind::Record(RecordKind::Struct) => abi::METAFFI_CTYPE_KIND_STRUCT,
        TypeKind::Record(RecordKind::Union) => abi::METAFFI_CTYPE_KIND_UNION,
        TypeKind::Enumeration => abi::METAFFI_CTYPE_KIND_ENUM,
        TypeKind::Alias { .. } | TypeKind::Qualified { .. } => abi::METAFFI_CTYPE_KIND_NONE,
    }
}

/// Where a part of a type is, as `offsetof` gives it.
///
/// @param path NUL-terminated: names and indexes, "a.b[2].c".
/// @param offset Bytes from the start; for a bit-field, the byte that its first bit is in.
/// @param type May be NULL. The part's type, a new handle: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such member;
///         METAFFI_STATUS_OUT_OF_RANGE for an index past the end; METAFFI_STATUS_TYPE_MISMATCH for
///         a step through what has no parts, such as a pointer; METAFFI_STATUS_SYNTAX;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `offset`, `type` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_offset(
    ctype: *const metaffi_ctype,
    path: *const c_char,
    offset: *mut usize,
    r#type: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let (place, part) = (out(offset, "offset")?, optional(r#type));
        let ctype = get(ctype)?;
        // SAFETY: `path` is NULL or NUL-terminated.
        let path = unsafe { input::name(path, "path") }?;
        let found = ctype.types().path(ctype.id(), path)?;
        if part.is_wanted() {
            part.set(give(TypeHandle::new(ctype.types(), found.type_id))?);
        }
        place.set(found.offset);
        Ok(())
    })
}

/// How many members a struct or union has; padding bits do not count.
///
/// @return Their number; 0 for any other type, one without a definition, or what is no type.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_ctype_field_count(ctype: *const metaffi_ctype) -> usize {
    handle::ask(ctype, 0, |ctype: &TypeHandle| {
        ctype.types().record(ctype.id()).map_or(0, |record| record.members.len())
    })
}

/// A member of a struct or union. All outputs but `error` may be NULL.
///
/// @param index Below metaffi_ctype_field_count.
/// @param name Borrowed until the handle `ctype` is freed; NULL for one without a name.
/// @param offset Bytes from the start; for a bit-field, the byte that its first bit is in.
/// @param bit_offset The first bit of a bit-field in that byte, 0 to 7 from the lowest; -1 for
///        what is none.
/// @param bits The width of a bit-field; 0 for what is none.
/// @param type The member's type, a new handle: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_TYPE_MISMATCH for what is no
///         struct or union, or has no definition; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// The outputs are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_field_at(
    ctype: *const metaffi_ctype,
    index: usize,
    name: *mut *const c_char,
    offset: *mut usize,
    bit_offset: *mut i32,
    bits: *mut i32,
    r#type: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let (name, offset, part) = (optional(name), optional(offset), optional(r#type));
        let (bit_offset, bits) = (optional(bit_offset), optional(bits));
        let key = ctype;
        let ctype = get(key)?;
        let record = ctype.types().record(ctype.id()).ok_or_else(|| no_members(&ctype))?;
        let Some(member) = record.members.get(index) else {
            let count = record.members.len();
            let message = format!("index {index}: `{}` has {count} fields", ctype.ctype().spell());
            return Err(Error::out_of_range(message));
        };
        if part.is_wanted() {
            part.set(give(TypeHandle::new(ctype.types(), member.type_id))?);
        }
        if name.is_wanted() {
            let text = ctype.member_name(index);
            name.set(text.map_or(std::ptr::null(), |text| text.as_ptr()));
        }
        offset.set(member.offset);
        bit_offset.set(member.bits.map_or(-1, |bits| bits.shift as i32));
        bits.set(member.bits.map_or(0, |bits| bits.width as i32));
        Ok(())
    })
}

fn no_members(ctype: &TypeHandle) -> Error {
    let why = match ctype.types().resolved(ctype.id()) {
        TypeKind::Record(_) => "is declared but not defined",
        _ => "is not a struct or union",
    };
    Error::mismatch(format!("`{}` {why}", ctype.ctype().spell()))
}

/// What an array or a vector consists of, or a pointer points to.
///
/// @param element The type, a new handle: metaffi_ctype_free.
/// @param length May be NULL. The number of elements; SIZE_MAX for `T[]` and for pointers, which
///        do not say.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for other types;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `element` is NULL.
///
/// # Safety
/// `element`, `length` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_element(
    ctype: *const metaffi_ctype,
    element: *mut *mut metaffi_ctype,
    length: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let (place, length) = (out(element, "element")?, optional(length));
        let ctype = get(ctype)?;
        let (id, count) = parts(&ctype)?;
        place.set(give(TypeHandle::new(ctype.types(), id))?);
        length.set(count.unwrap_or(usize::MAX));
        Ok(())
    })
}

fn parts(ctype: &TypeHandle) -> Result<(crate::backend::c::types::TypeId, Option<usize>)> {
    match ctype.types().resolved(ctype.id()) {
        TypeKind::Array { element, length } => Ok((element, length)),
        TypeKind::Vector { element, lanes } => Ok((element, Some(lanes))),
        TypeKind::Pointer(target) => Ok((target, None)),
        _ => Err(Error::mismatch(format!(
            "`{}` has no elements and points to nothing",
            ctype.ctype().spell()
        ))),
    }
}

/// What a function type consists of, or the one that a pointer points to. All outputs may be NULL.
///
/// @param returns The type it returns, a new handle: metaffi_ctype_free.
/// @param param_count How many parameters are declared.
/// @param variadic Whether more arguments may follow.
/// @param convention One of METAFFI_CONVENTION_….
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what is no function type;
///         METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// The outputs are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_signature(
    function_type: *const metaffi_ctype,
    returns: *mut *mut metaffi_ctype,
    param_count: *mut usize,
    variadic: *mut bool,
    convention: *mut u32,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let (returns, param_count) = (optional(returns), optional(param_count));
        let (variadic, convention) = (optional(variadic), optional(convention));
        let ctype = get(function_type)?;
        let (_, function) = ctype.function()?;
        if returns.is_wanted() {
            returns.set(give(TypeHandle::new(ctype.types(), function.returns))?);
        }
        param_count.set(function.parameters.len());
        variadic.set(function.variadic);
        convention.set(match function.convention {
            Convention::Default => abi::METAFFI_CONVENTION_DEFAULT,
            Convention::SysV => abi::METAFFI_CONVENTION_SYSV,
            Convention::Win64 => abi::METAFFI_CONVENTION_MS,
        });
        Ok(())
    })
}

/// The type of a parameter of a function type, as it is passed: of an array or a function, the
/// pointer.
///
/// @param index Below the count that metaffi_ctype_signature gives.
/// @param type The type, a new handle: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_TYPE_MISMATCH for what is no
///         function type; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `type`
///         is NULL.
///
/// # Safety
/// `type` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_param(
    function_type: *const metaffi_ctype,
    index: usize,
    r#type: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, r#type, "type", || {
        let ctype = get(function_type)?;
        let (_, function) = ctype.function()?;
        let Some(id) = function.parameters.get(index) else {
            let (count, spelled) = (function.parameters.len(), ctype.ctype().spell());
            let message = format!("index {index}: `{spelled}` has {count} parameters");
            return Err(Error::out_of_range(message));
        };
        give(TypeHandle::new(ctype.types(), *id))
    })
}
