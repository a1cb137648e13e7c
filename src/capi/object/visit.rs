//! Objects and all that is in them, told to a visitor.

use std::ffi::c_void;
use std::ptr;

use super::super::input;
use super::into;
use crate::abi::{
    METAFFI_OK, metaffi_error, metaffi_producer, metaffi_runtime, metaffi_status, metaffi_value,
    metaffi_visit_options, metaffi_visitor,
};
use crate::call::errors::failure;
use crate::call::shielded;
use crate::error::Result;
use crate::handle as handles;
use crate::model::Runtime;
use crate::object::{Visit, VisitOptions, VisitorCalls, convert_value, visit_value};

/// Tells a visitor of a value and all that is in it, in one crossing for the whole tree.
///
/// Numbers, texts, truth values and null come as what they are; lists, tuples, sets and maps of the
/// language, also objects of types that say that they are one, as containers; arrays of numbers as
/// views of their memory; what has no conversion as an object. Containers may be nested as deep as
/// there is memory. One that is met again, or that contains itself, is told as `again`.
///
/// Runs code of the objects' and the visitor's, on this thread; C++ exceptions and longjmp pass as
/// `metaffi_visitor` says.
///
/// @param root What is visited, borrowed for the call: most often an object.
/// @param options How, borrowed for the call; NULL: as it is said where there is a choice.
/// @param visitor The functions that are told, borrowed for the call.
/// @param userdata What they are called with.
/// @return METAFFI_OK; what a function of the visitor fails with; METAFFI_STATUS_FOREIGN if code of
///         an object fails; METAFFI_STATUS_UNSUPPORTED for what the visitor has no function for, and
///         for an object with METAFFI_VISIT_NO_OBJECTS; METAFFI_STATUS_TYPE_MISMATCH for null with
///         METAFFI_VISIT_NO_NULLS, and for a key that is no text with METAFFI_VISIT_MAPS_AS_OBJECTS;
///         METAFFI_STATUS_OUT_OF_RANGE for an integer with METAFFI_VISIT_INT64_ONLY;
///         METAFFI_STATUS_INVALID_ARGUMENT for a container that is met again with
///         METAFFI_VISIT_NO_SHARED, and for options, or a value, that are none;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `root` is NULL or what its type says; `options` and `visitor` are NULL or as large as they say;
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_visit(
    root: *const metaffi_value,
    options: *const metaffi_visit_options,
    visitor: *const metaffi_visitor,
    userdata: *mut c_void,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: as the caller promises.
    unsafe {
        let visit = move || {
            let root = input::one(root, "root")?;
            let visitor = input::sized(visitor, "visitor")?;
            let mut visit = Visit::new(given(options)?, VisitorCalls::new(visitor, userdata));
            visit_value(root, &mut visit)
        };
        shielded(error, visit)
    }
}

/// A value and all that is in it as a value of its own, which no runtime has any part in: lists as
/// arrays of any, tuples, sets and maps as such, containers of fields as maps of their names.
///
/// @param root What is converted, borrowed for the call: most often an object.
/// @param options How, borrowed for the call, or NULL. A container that is met again is copied, as with
///        `METAFFI_VISIT_SHARED_COPIED`; converters write a value.
/// @param value The new value, owned by the caller: metaffi_value_clear. What has no conversion is a
///        handle in it.
/// @return As metaffi_object_visit; METAFFI_STATUS_OUT_OF_RANGE if containers are nested deeper than
///         values are.
///
/// # Safety
/// `root` is NULL or what its type says; `options` is NULL or as large as it says; `value` and
/// `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_convert(
    root: *const metaffi_value,
    options: *const metaffi_visit_options,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: as the caller promises.
    unsafe {
        into(error, value, move |to| {
            let root = input::one(root, "root")?;
            to.write(convert_value(root, given(options)?)?.into_raw());
            Ok(())
        })
    }
}

/// Builds a value of a runtime's own: its lists, maps and objects, of what a producer tells.
///
/// Runs code of the producer's and, for keys, of the runtime's, on this thread; C++ exceptions and
/// longjmp pass as `metaffi_visitor` says. The producer may give the visitor to
/// metaffi_object_visit, so that a tree of another runtime is built in this one.
///
/// @param producer Tells the visitor that it is given of one value; that is not used after it has
///        returned. Containers that are told again have the number that they were opened with; 0
///        is none.
/// @param userdata What it is called with.
/// @param value What was built, owned by the caller: metaffi_value_clear. Numbers, text, truth values
///        and null are values, everything else is a handle. Zeroed on failure.
/// @return METAFFI_OK; what the producer fails with; METAFFI_STATUS_UNSUPPORTED if the runtime has no
///         containers; METAFFI_STATUS_FOREIGN if it refuses what it is told, as a key without a
///         hash; METAFFI_STATUS_INVALID_ARGUMENT if what is told makes no value, or `producer` or
///         `value` is NULL; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `producer` may be called with `userdata`; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_runtime_build(
    runtime: *const metaffi_runtime,
    producer: metaffi_producer,
    userdata: *mut c_void,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: as the caller promises.
    unsafe {
        into(error, value, move |to| {
            let producer = input::function(producer, "producer")?;
            let runtime = handles::get::<Runtime>(runtime.addr())?;
            runtime.check_process()?;
            let mut produce = |visitor: &VisitorCalls| {
                let (functions, visitor_userdata) = visitor.raw();
                let mut error = ptr::null_mut();
                match producer(userdata, functions, visitor_userdata, &raw mut error) {
                    METAFFI_OK if error.is_null() => Ok(()),
                    status => Err(failure::from_c(status, error)),
                }
            };
            runtime.nature().ask_lent(|| runtime.running().build(&mut produce, to))
        })
    }
}

/// Options, or those of nobody.
///
/// # Safety
/// `options` is NULL or as large as it says, and what it points to is there for `'a`.
pub(super) unsafe fn given<'a>(options: *const metaffi_visit_options) -> Result<VisitOptions<'a>> {
    match options.is_null() {
        true => Ok(VisitOptions::default()),
        // SAFETY: as the caller promises.
        false => unsafe { VisitOptions::new(&input::sized(options, "options")?) },
    }
}
