//! C types built from other types.

use std::ffi::c_char;

use super::{get, get_many, give, with_module};
use crate::abi::{
    METAFFI_BITS_END, METAFFI_CONVENTION_DEFAULT, METAFFI_CONVENTION_MS, METAFFI_CONVENTION_SYSV,
    METAFFI_PRIMITIVE_NONE, metaffi_ctype, metaffi_ctype_field, metaffi_error, metaffi_module,
    metaffi_status,
};
use crate::backend::c::TypeHandle;
use crate::backend::c::call::build::{self, NewField};
use crate::backend::c::types::{Convention, Primitive, RecordKind, RecordOptions, TypeKind};
use crate::capi::guard::guard_into;
use crate::capi::input;
use crate::error::{Error, Result};

/// A type that C spells with keywords. It belongs to no module, as what is built of such types
/// alone: it may be a part of the types of every module.
///
/// @param primitive One of METAFFI_PRIMITIVE_….
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT for another number, or if `ctype` is NULL.
///
/// # Safety
/// `ctype` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_primitive(
    primitive: u32,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let index = (primitive as usize).checked_sub(1);
        let Some(found) = index.and_then(|index| Primitive::ALL.get(index)) else {
            let message = format!(
                "primitive is {primitive}; it is one of METAFFI_PRIMITIVE_…, 1 to {}",
                Primitive::ALL.len()
            );
            return Err(Error::invalid(message));
        };
        give(build::primitive(*found))
    })
}

/// Which primitive a type is, seen through typedef names and qualifiers.
///
/// @return One of METAFFI_PRIMITIVE_…; METAFFI_PRIMITIVE_NONE for all other types, and if `ctype` is
///         no type.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_ctype_primitive_number(ctype: *const metaffi_ctype) -> u32 {
    crate::capi::handle::ask(ctype, METAFFI_PRIMITIVE_NONE, |ctype: &TypeHandle| {
        match ctype.types().resolved(ctype.id()) {
            TypeKind::Primitive(found) => {
                1 + Primitive::ALL
                    .iter()
                    .position(|one| *one == found)
                    .map_or(0, |index| index as u32)
            }
            _ => METAFFI_PRIMITIVE_NONE,
        }
    })
}

/// A pointer to a type.
///
/// @param target Any type, also `void`, a function, or one without a definition.
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if the type is built too deep;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `ctype` is NULL.
///
/// # Safety
/// `ctype` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_pointer(
    target: *const metaffi_ctype,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let target = get(target)?;
        give(build::pointer(&target)?)
    })
}

/// An array of a type.
///
/// @param element The type of an element.
/// @param length The number of elements; SIZE_MAX for an array without a length, `T[]`.
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if there are no arrays of that type;
///         METAFFI_STATUS_OUT_OF_RANGE if it were larger than memory;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `ctype` is NULL.
///
/// # Safety
/// `ctype` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_array(
    element: *const metaffi_ctype,
    length: usize,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let element = get(element)?;
        give(build::array(&element, (length != usize::MAX).then_some(length))?)
    })
}

/// A struct, laid out as the C compiler would.
///
/// @param module The module of runtime c that the type and its tag belong to.
/// @param tag NUL-terminated; NULL for a struct without a tag, which is a new type each time. The
///        same definition again is fine.
/// @param fields `field_count` members, borrowed for the call. A bit-field without a name is
///        padding; a struct or union without a name lends its members; what else has no name takes
///        its place, and is passed, like any other; an array without a length comes last. NULL, or METAFFI_UNSPECIFIED of
///        them, declares the struct without defining it, so that its own members may point to it.
/// @param pack As by `#pragma pack(n)`, in bytes: 1 packs; 0 for the natural layout.
/// @param align At least this alignment in bytes, as by `aligned(n)`; 0 for the natural one.
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if a member cannot be one, or the tag is
///         defined otherwise; METAFFI_STATUS_OUT_OF_RANGE for a width or an alignment that cannot
///         be; METAFFI_STATUS_INVALID_ARGUMENT for a type of another module, a width below 0, or
///         NULL; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_UNSUPPORTED for a module of another
///         runtime; METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `tag` and the names are NULL or NUL-terminated; `fields` has `field_count`; `ctype` and `error`
/// are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_struct(
    module: *const metaffi_module,
    tag: *const c_char,
    fields: *const metaffi_ctype_field,
    field_count: usize,
    pack: u32,
    align: u32,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let (fields, options) = ((fields, field_count), options(pack, align));
        // SAFETY: `tag` and the names are NULL or NUL-terminated; `fields` has `field_count`.
        give(unsafe { record(module, RecordKind::Struct, tag, fields, options) }?)
    })
}

/// A union; otherwise as metaffi_ctype_struct.
///
/// # Safety
/// As for metaffi_ctype_struct.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_union(
    module: *const metaffi_module,
    tag: *const c_char,
    fields: *const metaffi_ctype_field,
    field_count: usize,
    pack: u32,
    align: u32,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let (fields, options) = ((fields, field_count), options(pack, align));
        // SAFETY: `tag` and the names are NULL or NUL-terminated; `fields` has `field_count`.
        give(unsafe { record(module, RecordKind::Union, tag, fields, options) }?)
    })
}

fn options(pack: u32, align: u32) -> RecordOptions {
    RecordOptions { packed: false, align: positive(align), pack: positive(pack) }
}

fn positive(number: u32) -> Option<usize> {
    (number != 0).then_some(number as usize)
}

unsafe fn record(
    module: *const metaffi_module,
    kind: RecordKind,
    tag: *const c_char,
    (fields, field_count): (*const metaffi_ctype_field, usize),
    options: RecordOptions,
) -> Result<TypeHandle> {
    // SAFETY: `tag` and the names are NULL or NUL-terminated; `fields` has `field_count`.
    unsafe {
        let tag = if tag.is_null() { None } else { Some(input::name(tag, "tag")?) };
        if input::unspecified(fields, field_count) {
            return with_module(module, |module| {
                module.own_declarations().build(|types| build::declared(types, kind, tag))
            });
        }
        let fields = input::list(fields, field_count, "fields")?;
        let one = |(index, given): (usize, &metaffi_ctype_field)| {
            field(given).map_err(|error| error.context(format_args!("fields[{index}]")))
        };
        let fields = fields.iter().enumerate().map(one).collect::<Result<Vec<_>>>()?;
        with_module(module, |module| {
            module
                .own_declarations()
                .build(|types| build::record(types, kind, tag, &fields, options))
        })
    }
}

unsafe fn field<'a>(given: &metaffi_ctype_field) -> Result<NewField<'a>> {
    let width = match given.bits {
        0 => None,
        METAFFI_BITS_END => Some(0),
        bits => Some(u32::try_from(bits).map_err(|_| {
            Error::invalid(format!("bits is {bits}; it is 0 for a member that is no bit-field"))
        })?),
    };
    let name = match given.name.is_null() {
        true => None,
        // SAFETY: not NULL, so NUL-terminated.
        false => Some(unsafe { input::name(given.name, "name") }?),
    };
    Ok(NewField { name, r#type: get(given.r#type)?, width, align: positive(given.align) })
}

/// A function. Arrays and functions among its parameters become the pointers they are passed as.
///
/// @param returns The type it returns; `void` for none.
/// @param params `param_count` types of one module, borrowed for the call. Primitives, and pointers
///        and arrays of them, are of every module.
/// @param variadic Whether more arguments may follow.
/// @param convention One of METAFFI_CONVENTION_DEFAULT, METAFFI_CONVENTION_SYSV,
///        METAFFI_CONVENTION_MS.
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type that no function has;
///         METAFFI_STATUS_UNSUPPORTED for one that cannot be passed or returned by value, or a
///         convention that the platform does not have (of a type without a definition by now, the
///         first call or metaffi_ctype_prepare tells);
///         METAFFI_STATUS_INVALID_ARGUMENT for another convention, a type of another module, or
///         NULL; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `params` has `param_count` handles; `ctype` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_function(
    returns: *const metaffi_ctype,
    params: *const *const metaffi_ctype,
    param_count: usize,
    variadic: bool,
    convention: u32,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        let returns = get(returns).map_err(|error| error.context("returns"))?;
        // SAFETY: `params` has `param_count` handles.
        let params = unsafe { get_many(params, param_count, "params") }?;
        give(build::function(&returns, &params, variadic, self::convention(convention)?)?)
    })
}

fn convention(number: u32) -> Result<Convention> {
    match number {
        METAFFI_CONVENTION_DEFAULT => Ok(Convention::Default),
        METAFFI_CONVENTION_SYSV => Ok(Convention::SysV),
        METAFFI_CONVENTION_MS => Ok(Convention::Win64),
        _ => Err(Error::invalid(format!(
            "convention is {number}; it is one of METAFFI_CONVENTION_…, 0 to 2"
        ))),
    }
}
