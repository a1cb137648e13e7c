//! What an object can do, where it is written, and which error it is, asked of whatever runtime it lives in.

use std::ffi::c_void;

use super::error;
use super::trampoline::trampoline;
use crate::error::{Error, Result};
use crate::handle::{self as handles, HandleKind, OwnedHandle};
use crate::object::{self, SourceLocation};
use crate::python::NATURE;
use crate::python::api::{METH_O, Object, PyMethodDef};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::class::method;
use crate::python::object::{handle_of, make_handle, unwrap};
use crate::python::support;

/// The functions of the module.
pub(super) fn functions() -> Vec<PyMethodDef> {
    vec![
        method(
            c"capabilities",
            capabilities as *const c_void,
            METH_O,
            c"capabilities(object, /)\n--\n\nWhat an object of whatever runtime can do and is, as the \
                names of the bits in one text.",
        ),
        method(
            c"source",
            source as *const c_void,
            METH_O,
            c"source(object, /)\n--\n\nThe file and the line where an object of whatever runtime is \
                written; None if nobody knows.",
        ),
        method(
            c"exception",
            exception as *const c_void,
            METH_O,
            c"exception(error, /)\n--\n\nThe exception that an error of another language is, to be \
                raised.",
        ),
    ]
}

/// A new handle of an object: of what it stands for, if it is one of another runtime.
///
/// # Safety
/// The object is alive.
pub(super) unsafe fn held(gil: &Gil, object: Object) -> Result<OwnedHandle> {
    // SAFETY: the caller has a live object under the GIL.
    unsafe {
        if let Some(key) = make_handle(gil, object) {
            return key.map(OwnedHandle::new);
        }
        if let Some(key) = unwrap(gil.api, object) {
            return handles::clone(key?, HandleKind::Object).map(OwnedHandle::new);
        }
        handle_of(gil, object).map(|key| OwnedHandle::new(key.addr()))
    }
}

unsafe extern "C-unwind" fn capabilities(_: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a live object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let held = held(gil, given)?;
            let can = object::of(held.key())?.capabilities(held.key())?;
            support::text(gil, &can.to_string())
        })
    }
}

unsafe extern "C-unwind" fn source(_: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a live object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let held = held(gil, given)?;
            let protocol = object::of(held.key())?;
            // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
            match gil::release(gil, || NATURE.go_out(|| protocol.source(held.key())))? {
                None => Ok(support::none(gil)),
                Some(SourceLocation { file, line }) => {
                    let line = match line {
                        0 => support::none(gil),
                        line => support::int(gil, line.into())?,
                    };
                    support::tuple(gil, vec![support::text(gil, &file)?, line])
                }
            }
        })
    }
}

unsafe extern "C-unwind" fn exception(_: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a live object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let held = held(gil, given)?;
            match object::of(held.key())?.error(held.key())? {
                Some(failure) => error::alone(gil, &failure),
                None => Err(Error::invalid("error: pass an error of another language")),
            }
        })
    }
}
