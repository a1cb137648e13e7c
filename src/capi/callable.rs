//! Callables: functions passed as values.

pub mod about;

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;

use super::guard::{guard, guard_into};
use super::object::{call::given, into};
use super::{call, handle, input, signature};
use crate::abi::{
    metaffi_callable, metaffi_callback, metaffi_entity, metaffi_error, metaffi_error_handler,
    metaffi_finalizer, metaffi_function, metaffi_name, metaffi_slot, metaffi_status,
    metaffi_type_info, metaffi_value, metaffi_values_callback,
};
use crate::call::errors::failure::{c_string, to_c};
use crate::call::upcall::ErrorSink;
use crate::call::{
    Callable, HostFunction, NamedParameter, SlotLayout, Userdata, Values, ValuesFunction, by_frame,
    by_values, c_mapping,
};
use crate::error::{Error, Result};
use crate::handle::{self as handles, HandleKind};
use crate::model::Entity;
use crate::object::{InternedName, call_callable};

/// A callable that runs a function of the host's.
///
/// @param callback Called with `userdata` and a frame, on whatever thread the guest calls from,
///        possibly on several at once and re-entrantly; see metaffi_callback.
/// @param params `param_count` types of what it takes.
/// @param returns `return_count` types of what it gives back.
/// @param userdata Given to `callback`; the callable owns it from success on.
/// @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
///        the last call has returned; may be NULL.
/// @param callable The new handle, owned by the caller: metaffi_callable_free. A guest that keeps a
///        C function pointer of it keeps nothing alive: free it only when C has done with that.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT; METAFFI_STATUS_UNSUPPORTED;
///         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
///
/// # Safety
/// `callback` may be called as described until the finalizer is called; types are as many as said;
/// `callable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_new(
    callback: metaffi_callback,
    params: *const metaffi_type_info,
    param_count: usize,
    returns: *const metaffi_type_info,
    return_count: usize,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let callback = input::function(callback, "callback")?;
        // SAFETY: `callback` may be called as described until the finalizer is called; types are as
        // many as said.
        let plan = unsafe { signature::plan(params, param_count, returns, return_count) }?;
        let callable = Callable::of_host(callback, Userdata::of_host(userdata, finalizer), plan);
        let own = |callable: &Callable| HostFunction::own_userdata(callable.function());
        Ok(ptr::without_provenance_mut(handles::insert_then(callable, own)?))
    })
}

/// A callable that runs a function of the host's which takes any values, also by name: in Python
/// `*args, **kwargs`.
///
/// Called by values it takes any number of them, and gives one. By frame and by a C function pointer
/// it is a function of its parameters, each of them any; a function pointer of another C type gives it
/// what C gives.
///
/// @param callback Called with `userdata` and the values, on whatever thread the guest calls from,
///        possibly on several at once and re-entrantly; see metaffi_values_callback.
/// @param names The names of the `name_count` parameters that it says it has, for those who look at it:
///        what is given for them arrives as it was given, by position or by name. NULL for none.
/// @param required How many of these have to be given; a call without one of them is refused.
/// @param userdata Given to `callback`; the callable owns it from success on.
/// @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
///        the last call has returned; may be NULL.
/// @param callable The new handle, owned by the caller: metaffi_callable_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT, also if a name is given twice or more are
///         required than there are; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY. On
///         failure `userdata` stays the caller's.
///
/// # Safety
/// `callback` may be called as described until the finalizer is called; `names` is NULL or has
/// `name_count` texts that are NUL-terminated; `callable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_new_values(
    callback: metaffi_values_callback,
    names: *const *const c_char,
    name_count: usize,
    required: usize,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let callback = input::function(callback, "callback")?;
        // SAFETY: `names` is NULL or has `name_count` texts that are NUL-terminated.
        let params = unsafe { named_parameters(names, name_count) }?;
        if required > params.len() {
            let message = format!("required is {required}, but there are {name_count} names");
            return Err(Error::invalid(message));
        }
        with_userdata(userdata, finalizer, |userdata| {
            let function = ValuesFunction::create(callback, userdata, params, required)?;
            handle::give(Arc::new(Callable::new(function)))
        })
    })
}

/// The parameters of such a function.
///
/// # Safety
/// `names` is NULL or has `count` texts that are NULL or NUL-terminated.
unsafe fn named_parameters(
    names: *const *const c_char,
    count: usize,
) -> Result<Box<[NamedParameter]>> {
    // SAFETY: `names` is NULL or has `count` texts that are NULL or NUL-terminated.
    let names = unsafe { input::many(names, count, "names") }?;
    let mut params: Vec<NamedParameter> = Vec::with_capacity(count);
    for (index, name) in names.iter().enumerate() {
        // SAFETY: as above.
        let name = unsafe { input::name(*name, &format!("names[{index}]")) }?;
        if params.iter().any(|param| &*param.name == name) {
            return Err(Error::invalid(format!("names[{index}]: {name:?} is there twice")));
        }
        params.push(NamedParameter { name: name.into(), key: InternedName::intern(name)? });
    }
    Ok(params.into())
}

/// A callable of a C function with the natural C signature of the given types; see
/// metaffi_callable_native.
///
/// @param pointer The function, callable on any thread until the finalizer is called.
/// @param userdata Given to `finalizer`; the callable owns it from success on.
/// @param finalizer Called once, on any thread, after the last handle was freed and the last call has
///        returned; may be NULL.
/// @param callable The new handle, owned by the caller: metaffi_callable_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT; METAFFI_STATUS_UNSUPPORTED;
///         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
///
/// # Safety
/// `pointer` has that signature; types are as many as said; `callable` and `error` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_from_pointer(
    pointer: metaffi_function,
    params: *const metaffi_type_info,
    param_count: usize,
    returns: *const metaffi_type_info,
    return_count: usize,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let pointer = input::function(pointer, "pointer")?;
        with_userdata(userdata, finalizer, |userdata| {
            // SAFETY: `pointer` has that signature; types are as many as said.
            let imported = unsafe {
                let signature = signature::whole(params, param_count, returns, return_count)?;
                c_mapping::import(pointer as *const (), signature, userdata.clone())?
            };
            handle::give(Arc::new(Callable::new(imported)))
        })
    })
}

/// A callable of an entity, which it keeps loaded. Its name is the entity's.
///
/// @param callable The new handle, owned by the caller: metaffi_callable_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `callable` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `callable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_from_entity(
    entity: *const metaffi_entity,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let entity = handle::get::<Entity, _>(entity)?;
        let callable = Callable::new(entity.function().clone());
        callable.set_name(c_string(&entity.name()))?;
        handle::give(Arc::new(callable))
    })
}

/// Says who is told when a call that C makes through a function pointer of the callable fails, and
/// no call from a host language runs that C code, which would end with the error: C gets zero, and
/// the error would otherwise be reported as its runtime reports what nobody catches, by Python
/// through `sys.unraisablehook`, or printed to standard error. Told at once.
///
/// Also told of calls after the callable was freed, as long as C keeps the pointer: `handler` and
/// `userdata` must be good for every such call.
///
/// @param handler Called on the thread of the call; its error is borrowed for the call. NULL
///        reports as described again.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `handler` may be called on any thread; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_set_error_handler(
    callable: *const metaffi_callable,
    handler: metaffi_error_handler,
    userdata: *mut c_void,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let sink = handler.map(|handler| {
            ErrorSink::new(move |error| {
                let handle = to_c(error.clone());
                // SAFETY: `handler` may be called on any thread; the error lives until it is freed
                // below.
                unsafe { handler(userdata, handle) };
                let _ = handles::free(handle.addr(), HandleKind::Error);
            })
        });
        handle::get::<Callable, _>(callable)?.set_sink(sink);
        Ok(())
    })
}

/// What is made with userdata, which is taken over if that goes well.
pub(super) fn with_userdata<T>(
    pointer: *mut c_void,
    finalizer: metaffi_finalizer,
    make: impl FnOnce(&Arc<Userdata>) -> Result<T>,
) -> Result<T> {
    let userdata = Arc::new(Userdata::of_host(pointer, finalizer));
    let made = make(&userdata)?;
    userdata.own();
    Ok(made)
}

/// How many parameters a callable has.
///
/// @return Their number; 0 if `callable` is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_param_count(callable: *const metaffi_callable) -> usize {
    handle::ask(callable, 0, |callable: &Callable| callable.function().params().len())
}

/// How many return values a callable has.
///
/// @return Their number; 0 if `callable` is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_return_count(callable: *const metaffi_callable) -> usize {
    handle::ask(callable, 0, |callable: &Callable| callable.function().returns().len())
}

/// A parameter's type and name.
///
/// @param index Below metaffi_callable_param_count.
/// @param info The type; its alias is borrowed until the callable is freed.
/// @param name May be NULL. The name, borrowed likewise; NULL where it is not known.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
///
/// # Safety
/// `info`, `name` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_param(
    callable: *const metaffi_callable,
    index: usize,
    info: *mut metaffi_type_info,
    name: *mut *const c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let callable = handle::get::<Callable, _>(callable)?;
        signature::param(callable.function(), index, info, name)
    })
}

/// A return value's type.
///
/// @param index Below metaffi_callable_return_count.
/// @param info The type; its alias is borrowed until the callable is freed.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
///
/// # Safety
/// `info` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_return(
    callable: *const metaffi_callable,
    index: usize,
    info: *mut metaffi_type_info,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        signature::returned(handle::get::<Callable, _>(callable)?.function(), index, info)
    })
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
pub unsafe extern "C-unwind" fn metaffi_callable_call(
    callable: *const metaffi_callable,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let values = Values { arguments, argument_count, returns, return_count };
    // SAFETY: `arguments` has `argument_count` values that are what their types say; `returns` has
    // room for `return_count`; `error` is NULL or writable.
    unsafe { by_values::<Callable>(callable.addr(), values, error) }
}

/// Calls by values as metaffi_object_call does: the last arguments may have names, and there is one
/// value, a tuple of several, or null of none.
///
/// A name says which of its parameters an argument is for; a callable of metaffi_callable_new_values
/// is given it.
///
/// @param arguments `count` values, borrowed for the call: those that are given by position, then
///        those that are given by name.
/// @param names The `name_count` names of the last ones, interned: metaffi_name_intern. NULL for none.
/// @param returned What it gives, owned by the caller: metaffi_value_clear. Zeroed on failure.
/// @return As metaffi_callable_call; METAFFI_STATUS_INVALID_ARGUMENT also for a name that no parameter
///         has, that is given twice, or for more names than arguments.
///
/// # Safety
/// `arguments` is NULL or has `count` values that are what their types say; `names` is NULL or has
/// `name_count` names; `returned` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_callable_call_named(
    callable: *const metaffi_callable,
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    name_count: usize,
    returned: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the arguments, their names and the places are as this function demands.
    unsafe {
        into(error, returned, |to| {
            let arguments = given(arguments, count, names, name_count)?;
            call_callable(callable.addr(), arguments, to)
        })
    }
}

/// Calls by frame: the arguments are in `frame`, the returns are stored there. Nothing is checked
/// but the handle.
///
/// C++ exceptions and longjmp of guests and hosts pass through.
///
/// @param frame metaffi_callable_frame_size slots, with the arguments filled in. Strings, objects,
///        callables and arrays among the returns are owned by the caller.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `frame`
///         is NULL; what a conversion or the function itself reports.
///
/// # Safety
/// `frame` is as described; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_callable_call_frame(
    callable: *const metaffi_callable,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `frame` is as described; `error` is NULL or writable.
    unsafe { by_frame::<Callable>(callable.addr(), frame, error) }
}

/// How many slots a frame has.
///
/// @return Their number; 0 if `callable` is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_frame_size(callable: *const metaffi_callable) -> usize {
    handle::ask(callable, 0, |callable: &Callable| callable.function().frame_size())
}

/// The first slot of a parameter.
///
/// @return Its index in the frame; SIZE_MAX if there is no such parameter.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_frame_param(
    callable: *const metaffi_callable,
    index: usize,
) -> usize {
    handle::ask(callable, usize::MAX, |callable: &Callable| {
        callable.function().params().get(index).map_or(usize::MAX, SlotLayout::slot)
    })
}

/// The first slot of a return value.
///
/// @return Its index in the frame; SIZE_MAX if there is no such return.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_frame_return(
    callable: *const metaffi_callable,
    index: usize,
) -> usize {
    handle::ask(callable, usize::MAX, |callable: &Callable| {
        callable.function().returns().get(index).map_or(usize::MAX, SlotLayout::slot)
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
/// returns zero, and its error goes to the callable's error handler.
///
/// @param pointer The pointer; valid until the callable is freed.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `pointer` is NULL; METAFFI_STATUS_UNSUPPORTED; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `pointer` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_native(
    callable: *const metaffi_callable,
    pointer: *mut metaffi_function,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, pointer, "pointer", || {
        let code = handle::get::<Callable, _>(callable)?.native()?;
        Ok(call::function_pointer(code))
    })
}

/// Another handle for the same callable.
///
/// @param clone The new handle, owned by the caller: metaffi_callable_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_clone(
    callable: *const metaffi_callable,
    clone: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Callable, callable, clone, error)
}

/// Frees a handle of a callable. NULL is fine. Safe while other threads call it: it takes effect when
/// their calls have returned.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no callable or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_free(callable: *mut metaffi_callable) -> metaffi_status {
    handle::free(HandleKind::Callable, callable)
}
