//! Calls of C function types. What guests and hosts throw passes through here.

use std::ffi::c_void;

use crate::abi::{metaffi_ctype, metaffi_error, metaffi_function, metaffi_status};
use crate::backend::c::call::raw_call::RawCall;
use crate::backend::c::{MOST_ARGUMENTS, TypeHandle};
use crate::call::{guarded, with_stack};
use crate::capi::guard::{guard, report};
use crate::error::{Error, Result};
use crate::handle::pin::{self, CallScope};
use crate::handle::using;

/// Calls a C function with arguments as C has them in memory: structs, unions and all other types
/// by value.
///
/// The first call of a type prepares what all others use, and so does the first one with variadic
/// arguments of some types. C++ exceptions and `longjmp` of the function pass through to the caller.
/// `errno` is left as the function left it.
///
/// @param function_type A function type, or a pointer to one.
/// @param pointer The function; it has that type and convention.
/// @param returned Room for what it returns, aligned for that; NULL if it is not wanted.
/// @param arguments `argument_count` pointers to the values, first the declared ones, then the
///        variadic ones. The values are copied: the function does not see their addresses.
/// @param variadic_types `variadic_count` types of the arguments after `...`, as C promotes them:
///        no char, short, float or array.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT for a wrong count or NULL;
///         METAFFI_STATUS_TYPE_MISMATCH for what is no function type, a type without a definition,
///         or one that C promotes; METAFFI_STATUS_UNSUPPORTED for a type that cannot be passed by
///         value or a convention that the platform does not have; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// As the parameters say; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_ctype_call(
    function_type: *const metaffi_ctype,
    pointer: metaffi_function,
    returned: *mut c_void,
    arguments: *const *mut c_void,
    argument_count: usize,
    variadic_types: *const *const metaffi_ctype,
    variadic_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let scope = pin::enter();
    // SAFETY: types and arguments are as many as said, and the function is of the type; one that
    // leaves by an exception ends the scope.
    unsafe {
        let outcome = match prepared(&scope, function_type, variadic_types, variadic_count) {
            Ok(call) => call_prepared(call, pointer, returned, arguments, argument_count),
            Err(refused) => Err(refused),
        };
        drop(scope);
        report(error, outcome)
    }
}

/// The prepared call, alive until the scope ends.
#[inline(always)]
unsafe fn prepared(
    scope: &CallScope,
    function_type: *const metaffi_ctype,
    variadic_types: *const *const metaffi_ctype,
    variadic_count: usize,
) -> Result<&RawCall> {
    let r#type = scope.get::<TypeHandle>(function_type.addr())?;
    if variadic_count == 0 {
        return guarded(|| r#type.call());
    }
    if variadic_types.is_null() || variadic_count > MOST_ARGUMENTS {
        return Err(not_given(variadic_types.is_null(), variadic_count));
    }
    // SAFETY: `variadic_types` has so many handles, and there is room for them on the stack.
    with_stack::<&TypeHandle, _>(variadic_count, |extra| unsafe {
        for index in 0..variadic_count {
            let key = (*variadic_types.add(index)).addr();
            let given = scope
                .get::<TypeHandle>(key)
                .map_err(|error| error.context(format!("variadic_types[{index}]")))?;
            extra.add(index).write(given);
        }
        let extra = std::slice::from_raw_parts(extra, variadic_count);
        guarded(|| r#type.variadic_call(scope, extra))
    })
}

#[cold]
fn not_given(null: bool, count: usize) -> Error {
    match null {
        true => Error::invalid(format!("variadic_types is NULL, but variadic_count is {count}")),
        false => {
            Error::unsupported(format!("{count} variadic arguments; the most is {MOST_ARGUMENTS}"))
        }
    }
}

#[inline(always)]
unsafe fn call_prepared(
    call: &RawCall,
    pointer: metaffi_function,
    returned: *mut c_void,
    arguments: *const *mut c_void,
    count: usize,
) -> Result<()> {
    let Some(function) = pointer else { return Err(Error::invalid("pointer is NULL".to_owned())) };
    if count != call.argument_count() {
        return Err(wrong_count(call, count));
    }
    // SAFETY: the caller has `count` pointers.
    let null = |index: &usize| unsafe { (*arguments.add(*index)).is_null() };
    if count > 0 && arguments.is_null() {
        return Err(Error::invalid("arguments is NULL".to_owned()));
    }
    if let Some(index) = (0..count).find(null) {
        return Err(Error::invalid(format!(
            "arguments[{index}] is NULL; it points to the argument's value"
        )));
    }
    // SAFETY: the function is of the type that the call was prepared for, with its arguments.
    unsafe { call.call(function as *const c_void, returned, arguments) }
}

#[cold]
fn wrong_count(call: &RawCall, count: usize) -> Error {
    let more = match call.is_variadic() && count > call.argument_count() {
        true => "; give the types of the variadic ones in variadic_types",
        false => "",
    };
    Error::invalid(format!(
        "argument_count is {count}, but the function takes {}{more}",
        call.argument_count()
    ))
}

/// Prepares calls of a function type, so that what cannot be called is refused here and not by the
/// first call.
///
/// @param function_type A function type, or a pointer to one.
/// @param variadic_types `variadic_count` types of arguments after `...`, as for metaffi_ctype_call.
/// @return As metaffi_ctype_call.
///
/// # Safety
/// `variadic_types` has `variadic_count` handles; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_prepare(
    function_type: *const metaffi_ctype,
    variadic_types: *const *const metaffi_ctype,
    variadic_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        using(|scope| {
            // SAFETY: `variadic_types` has `variadic_count` handles.
            unsafe { prepared(scope, function_type, variadic_types, variadic_count) }.map(drop)
        })
    })
}
