//! Entities: loaded, asked, called, freed.

use std::ffi::c_char;

use super::guard::{guard, guard_into};
use super::{call, handle, input, signature};
use crate::abi::{
    metaffi_entity, metaffi_error, metaffi_function, metaffi_module, metaffi_slot, metaffi_status,
    metaffi_type_info, metaffi_value,
};
use crate::call::errors::pending;
use crate::call::{SlotLayout, Values, by_frame, by_values};
use crate::handle::HandleKind;
use crate::model::{Entity, Module};

/// Loads an entity: finds it and compiles its signature.
///
/// @param path The entity path, such as "callable=strlen": comma-separated key=value pairs and
///        tags. For runtime c the keys are `callable`, `global` and `constant`, the tags
///        `getter`, `setter` and `address`.
/// @param params `param_count` declared types. Taken from what the module declares if `param_count`
///        is METAFFI_UNSPECIFIED, or if `params` is NULL and `param_count` 0. Not NULL with
///        `param_count` 0: there are none.
/// @param returns The same for the return values.
/// @param entity The new handle, owned by the caller: metaffi_entity_free.
/// @return METAFFI_OK; METAFFI_STATUS_SYNTAX for a malformed path, with the position;
///         METAFFI_STATUS_NOT_FOUND; METAFFI_STATUS_TYPE_MISMATCH if a declared type cannot stand
///         for the real one; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
///         METAFFI_STATUS_UNSUPPORTED for what the platform cannot call.
///
/// # Safety
/// `path` and aliases are NUL-terminated; `params` and `returns` are NULL or have as many types as
/// said; `entity` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_load(
    module: *const metaffi_module,
    path: *const c_char,
    params: *const metaffi_type_info,
    param_count: usize,
    returns: *const metaffi_type_info,
    return_count: usize,
    entity: *mut *mut metaffi_entity,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, entity, "entity", || {
        let module = handle::get::<Module, _>(module)?;
        // SAFETY: `path` and aliases are NUL-terminated; `params` and `returns` are NULL or have as
        // many types as said.
        let (path, params, returns) = unsafe {
            (
                input::name(path, "path")?,
                signature::declared(params, param_count, "params")?,
                signature::declared(returns, return_count, "returns")?,
            )
        };
        let (params, returns) = (params.as_deref(), returns.as_deref());
        let loaded = module.load_entity(path, params, returns);
        let loaded = loaded.map_err(|error| signature::empty_lists(error, [params, returns]))?;
        handle::give(loaded)
    })
}

/// An entity's path, as it prints.
///
/// @return Borrowed until the entity is freed; "" if `entity` is no entity.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_path(entity: *const metaffi_entity) -> *const c_char {
    handle::ask(entity, c"".as_ptr(), |entity: &Entity| entity.path().as_ptr())
}

/// How many parameters an entity has.
///
/// @return Their number; 0 if `entity` is no entity.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_param_count(entity: *const metaffi_entity) -> usize {
    handle::ask(entity, 0, |entity: &Entity| entity.function().params().len())
}

/// How many return values an entity has.
///
/// @return Their number; 0 if `entity` is no entity.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_return_count(entity: *const metaffi_entity) -> usize {
    handle::ask(entity, 0, |entity: &Entity| entity.function().returns().len())
}

/// A parameter's type and name.
///
/// @param index Below metaffi_entity_param_count.
/// @param info The type; its alias is borrowed until the entity is freed.
/// @param name May be NULL. The name, borrowed likewise; NULL where it is not known.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
///
/// # Safety
/// `info`, `name` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_param(
    entity: *const metaffi_entity,
    index: usize,
    info: *mut metaffi_type_info,
    name: *mut *const c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let entity = handle::get::<Entity, _>(entity)?;
        signature::param(entity.function(), index, info, name)
    })
}

/// How many arguments an entity has to be given, and whether by name as well.
///
/// @param least May be NULL. How many of its parameters have no default; the others may be left out,
///        from the last on.
/// @param takes_names May be NULL. Whether the guest's function may be given arguments by name, which
///        a path's tag `named_args` does; metaffi_entity_param has the names that are known.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `least`, `takes_names` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_required(
    entity: *const metaffi_entity,
    least: *mut usize,
    takes_names: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let entity = handle::get::<Entity, _>(entity)?;
        signature::required(entity.function(), least, takes_names);
        Ok(())
    })
}

/// A return value's type.
///
/// @param index Below metaffi_entity_return_count.
/// @param info The type; its alias is borrowed until the entity is freed.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
///
/// # Safety
/// `info` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_return(
    entity: *const metaffi_entity,
    index: usize,
    info: *mut metaffi_type_info,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || signature::returned(handle::get::<Entity, _>(entity)?.function(), index, info))
}

/// Calls by values: checked, with lossless conversions.
///
/// C++ exceptions and longjmp of guests and hosts pass through.
///
/// @param arguments `argument_count` values, borrowed for the call: one for each parameter, more
///        if the function is variadic.
/// @param returns Room for `return_count` values, one for each return; each is owned by the
///        caller: metaffi_value_clear. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT for a wrong
///         number of values; METAFFI_STATUS_TYPE_MISMATCH, METAFFI_STATUS_OUT_OF_RANGE and
///         METAFFI_STATUS_INVALID_TEXT for a value that does not fit, naming the argument;
///         METAFFI_STATUS_FOREIGN if the function itself fails.
///
/// # Safety
/// `arguments` has `argument_count` values that are what their types say; `returns` has room for
/// `return_count`; `error` is NULL or writable.
#[unsafe(no_mangle)]
#[inline(never)]
pub unsafe extern "C-unwind" fn metaffi_entity_call(
    entity: *const metaffi_entity,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let values = Values { arguments, argument_count, returns, return_count };
    // SAFETY: `arguments` has `argument_count` values that are what their types say; `returns` has
    // room for `return_count`; `error` is NULL or writable.
    unsafe { by_values::<Entity>(entity.addr(), values, error) }
}

/// Calls by frame: the arguments are in `frame`, the returns are stored there. Nothing is checked
/// but the handle.
///
/// C++ exceptions and longjmp of guests and hosts pass through.
///
/// @param frame metaffi_entity_frame_size slots, with the arguments filled in. Strings, objects,
///        callables and arrays among the returns are owned by the caller.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `frame`
///         is NULL; what a conversion or the function itself reports.
///
/// # Safety
/// `frame` is as described; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_entity_call_frame(
    entity: *const metaffi_entity,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `frame` is as described; `error` is NULL or writable.
    unsafe { by_frame::<Entity>(entity.addr(), frame, error) }
}

/// How many slots a frame has.
///
/// @return Their number; 0 if `entity` is no entity.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_frame_size(entity: *const metaffi_entity) -> usize {
    handle::ask(entity, 0, |entity: &Entity| entity.function().frame_size())
}

/// The first slot of a parameter.
///
/// @return Its index in the frame; SIZE_MAX if there is no such parameter.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_frame_param(entity: *const metaffi_entity, index: usize) -> usize {
    handle::ask(entity, usize::MAX, |entity: &Entity| {
        entity.function().params().get(index).map_or(usize::MAX, SlotLayout::slot)
    })
}

/// The first slot of a return value.
///
/// @return Its index in the frame; SIZE_MAX if there is no such return.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_frame_return(
    entity: *const metaffi_entity,
    index: usize,
) -> usize {
    handle::ask(entity, usize::MAX, |entity: &Entity| {
        entity.function().returns().get(index).map_or(usize::MAX, SlotLayout::slot)
    })
}

/// The C function pointer with the natural C signature.
///
/// Numbers, bool and characters are themselves; strings are NUL-terminated `const char *`,
/// `const uint16_t *`, `const uint32_t *`; handles and callables are `metaffi_object *` and
/// `metaffi_callable *`; arrays and any are `const metaffi_array *` and `const metaffi_value *`.
/// One return is the C return value; several are stored through pointers that follow the
/// arguments. Returned memory is owned by the caller, as with the other ways to call.
///
/// Of a C function it is the function itself. Of anything else it is a closure: a call that fails
/// returns zero, and leaves its error to be taken with metaffi_error_take_pending.
///
/// @param pointer The pointer; valid until the entity is freed.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `pointer` is NULL; METAFFI_STATUS_UNSUPPORTED; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `pointer` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_native(
    entity: *const metaffi_entity,
    pointer: *mut metaffi_function,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, pointer, "pointer", || {
        let code = handle::get::<Entity, _>(entity)?.native(Some(pending::sink()))?;
        Ok(call::function_pointer(code))
    })
}

/// Another handle for the same entity.
///
/// @param clone The new handle, owned by the caller: metaffi_entity_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_entity_clone(
    entity: *const metaffi_entity,
    clone: *mut *mut metaffi_entity,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Entity, entity, clone, error)
}

/// Frees a handle of an entity. NULL is fine. Safe while other threads call it: it takes effect when
/// their calls have returned.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no entity or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_entity_free(entity: *mut metaffi_entity) -> metaffi_status {
    handle::free(HandleKind::Entity, entity)
}
