//! Callables of Python's own functions: an object has the function, what that declares, and the C
//! function pointers that were made of it. What stands for it elsewhere is made when it goes there.

use std::ptr;
use std::sync::Arc;

use super::function_types::FunctionTypes;
use super::{CallableFields, Retention, class};
use crate::call::upcall::Closure;
use crate::call::{Callable, FunctionPointerType};
use crate::error::{Error, Result, Status};
use crate::python::api::{Api, Object};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// A C function pointer of a type, which has a reference to the function of its own.
pub(super) struct MadePointer {
    of: Arc<FunctionPointerType>,
    closure: Closure,
    next: Option<Box<MadePointer>>,
}

/// An object of a function that declares types, or else takes what it is given.
pub fn of_function(
    gil: &Gil,
    function: &PyRef,
    declared: Option<Arc<FunctionTypes>>,
) -> Result<PyRef> {
    let fields = CallableFields {
        vectorcall: call,
        callable: ptr::null(),
        hold: Retention::Alone,
        numbers: None,
        function: function.as_ptr(),
        declared,
        pointers: None,
    };
    let object = class::get(gil)?.instance(gil, fields)?;
    // The object's reference.
    let _ = function.clone_ref(gil).into_ptr();
    Ok(object)
}

/// The function that such an object has, as long as the object lives; `None` for another.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub unsafe fn function_in(api: &Api, object: Object) -> Option<Object> {
    // SAFETY: `object` is alive, and the GIL is held.
    let function = unsafe { (*class::fields_if_instance(api, object)?).function };
    (!function.is_null()).then_some(function)
}

/// What the function of such an object declares; `None` if it takes what it is given.
///
/// # Safety
/// [`function_in`] gives a function for `object`, which outlives the result, and the GIL is held.
pub unsafe fn declared_in<'a>(object: Object) -> Option<&'a FunctionTypes> {
    // SAFETY: an instance, whose fields stay until it ends.
    unsafe { (*class::fields(object)).declared.as_deref() }
}

/// Its C function pointer of a type, as long as the object lives; `make` makes it of the function
/// the first time.
///
/// # Safety
/// [`function_in`] gives a function for `object`, and the GIL is held. The pointer has a reference to
/// the function of its own.
#[inline(always)]
pub unsafe fn pointer_in(
    object: Object,
    of: &Arc<FunctionPointerType>,
    make: impl FnOnce() -> Result<Closure>,
) -> Result<*const ()> {
    // SAFETY: an instance, whose pointers are its own; the GIL is held.
    unsafe {
        let fields = class::fields(object);
        if let Some(known) = pointers(fields).find(|pointer| Arc::ptr_eq(&pointer.of, of)) {
            return Ok(known.closure.code());
        }
        let closure = make()?;
        let code = closure.code();
        let next = (*fields).pointers.take().map(Box::new);
        (*fields).pointers = Some(MadePointer { of: of.clone(), closure, next });
        Ok(code)
    }
}

/// What stands for such an object where it is a callable among others, made the first time.
///
/// # Safety
/// The fields are those of a live instance, and the GIL is held.
#[cold]
pub(super) unsafe fn fill(fields: *mut CallableFields) {
    let Some(api) = Api::get() else { return };
    // SAFETY: the fields are those of a live instance, and the GIL is held.
    unsafe {
        let gil = Gil::assume(api);
        let function = PyRef::new_reference(&gil, (*fields).function);
        let made = error::quietly(&gil, || {
            let FunctionTypes { signature, required } = match &(*fields).declared {
                Some(declared) => FunctionTypes::clone(declared),
                None => FunctionTypes::inferred(&gil, &function)?,
            };
            let target = CallTarget::Callable(Arc::new(function));
            Ok(Callable::new(PyFunction::bind(api, target, signature, required)?))
        });
        // Python may have run meanwhile.
        if let Some(made) = made
            && (*fields).callable.is_null()
        {
            (*fields).callable = Arc::into_raw(Arc::new(made));
        }
    }
}

/// How many references to the function are of such an object, and of its pointers.
///
/// # Safety
/// The fields are those of a live instance, and the GIL is held.
pub(super) unsafe fn references(fields: *const CallableFields) -> usize {
    // SAFETY: the fields are those of a live instance, and the GIL is held.
    unsafe { usize::from(!(*fields).function.is_null()) + pointers(fields).count() }
}

/// Its pointers.
///
/// # Safety
/// The fields are those of an instance that outlives the result, and the GIL is held.
unsafe fn pointers<'a>(fields: *const CallableFields) -> impl Iterator<Item = &'a MadePointer> {
    // SAFETY: the fields outlive the result.
    let first = unsafe { (*fields).pointers.as_ref() };
    std::iter::successors(first, |pointer| pointer.next.as_deref())
}

/// Gives up the function, and ends its pointers.
///
/// # Safety
/// The fields are those of an instance that nobody can reach, and the GIL is held.
pub(super) unsafe fn give_up(api: &Api, fields: *mut CallableFields) {
    // SAFETY: each is given up once.
    unsafe {
        let mut next = (*fields).pointers.take();
        while let Some(pointer) = next {
            next = pointer.next.map(|next| *next);
        }
        let function = ptr::replace(&raw mut (*fields).function, ptr::null_mut());
        if !function.is_null() {
            api.decref(function);
        }
    }
}

/// Calls the function of an object.
unsafe extern "C-unwind" fn call(
    object: Object,
    arguments: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; the function is
    // kept while it runs.
    unsafe {
        let function = (*class::fields(object)).function;
        if function.is_null() {
            let gone = "the function of this callable is gone: they were collected together";
            error::raise(&Gil::assume(api), &Error::new(Status::InvalidHandle, gone));
            return ptr::null_mut();
        }
        api.incref(function);
        let result = (api.vectorcall)(function, arguments, count, names);
        api.decref(function);
        result
    }
}
