//! Cycles of a callable object and the Python function that it calls, such as a method of the object
//! that keeps it: the garbage collector finds them where that function is nobody else's.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::Arc;

use super::{Retention, class, made};
use crate::call::Callable;
use crate::python::api::{Api, Object};
use crate::python::downcall::function::PyFunction;

/// `visitproc`.
pub type VisitReference = unsafe extern "C-unwind" fn(Object, *mut c_void) -> c_int;

/// Shows the garbage collector what an instance refers to.
pub(super) unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: VisitReference,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile; the
    // instance keeps alive what it refers to.
    unsafe {
        let fields = class::fields(object);
        for _ in 0..made::references(fields) {
            let found = visit((*fields).function, data);
            if found != 0 {
                return found;
            }
        }
        sole_function(object).map_or(0, |function| visit(function, data))
    }
}

/// Gives up what an instance refers to: nobody can reach it any more.
pub(super) unsafe extern "C-unwind" fn clear(object: Object) -> c_int {
    // SAFETY: the garbage collector calls this with an instance, holding the GIL. The reference to
    // the callable is given up once.
    unsafe {
        if let Some(api) = Api::get() {
            let fields = class::fields(object);
            if sole_function(object).is_some() {
                drop(Arc::from_raw(ptr::replace(&raw mut (*fields).callable, ptr::null())));
            }
            made::give_up(api, fields);
        }
    }
    0
}

/// The Python function that an instance alone refers to, by way of its callable: only then is the
/// reference to it the instance's own.
unsafe fn sole_function(object: Object) -> Option<Object> {
    // SAFETY: the caller has an instance; a callable that it has was made by an `Arc`, of which it
    // has a reference.
    unsafe {
        let fields = class::fields(object);
        if (*fields).callable.is_null() || (*fields).hold != Retention::Alone {
            return None;
        }
        let callable: Arc<Callable> = Arc::from_raw((*fields).callable);
        function_of(&ManuallyDrop::new(callable))
    }
}

/// The Python function that a callable calls and alone refers to, if this is the only reference to
/// the callable.
fn function_of(callable: &Arc<Callable>) -> Option<Object> {
    let callee: &dyn Any = callable.function().callee();
    let function = callee.downcast_ref::<PyFunction>()?.sole_callable()?;
    (Arc::strong_count(callable) == 1 && callable.has_function_alone()).then(|| function.as_ptr())
}
