//! The type `metaffi.callable`: a host's callable as a Python object, one object for a callable.
//!
//! Neither keeps the other for ever. While Python has references to the object, the object keeps
//! the callable. When Python has given up the last, the callable keeps the object, for the next
//! time that it is passed. While a call that passes it has it pinned, nothing needs to be counted.

mod class;
mod cycle;
mod function_types;
mod introspection;
mod made;
mod numbers;
mod values;

use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::binder::VectorcallArguments;
use super::call::{self, CallOptions};
use super::rules::ConversionRules;
use crate::call::{Callable, ValuesFunction};
use crate::error::{Error, Result, Status};
use crate::handle::{Twin, pin};
use crate::python::api::{Api, Object, PyObject, Vectorcall};
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use made::MadePointer;
use numbers::HostNumbers;

pub use cycle::VisitReference;
pub use function_types::FunctionTypes;
pub use made::{declared_in, function_in, of_function, pointer_in};

/// What follows the interpreter's part of an instance. Changed under the GIL only.
struct CallableFields {
    vectorcall: Vectorcall,
    /// NULL in what was not made here, and before it is asked for if there is a function.
    callable: *const Callable,
    hold: Retention,
    /// How it is called by [`numbers::call`], if it can be.
    numbers: Option<Box<HostNumbers>>,
    /// The function of one that [`of_function`] made, by a reference of its own, else NULL.
    function: Object,
    /// What that declares.
    declared: Option<Arc<FunctionTypes>>,
    /// The C function pointers of it; a list.
    pointers: Option<MadePointer>,
}

/// Who keeps whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Retention {
    /// The callable keeps the object: the only reference is its own.
    Parked,
    /// Python has references, and calls that pass the callable have it pinned.
    Lent,
    /// Python has references, and the object keeps the callable.
    Kept,
    /// As `Kept`, but the callable does not know the object.
    Alone,
    /// The callable is gone, and the object goes.
    Ended,
}

/// The Python object that a callable knows.
#[inline(always)]
fn instance(callable: &Callable) -> Option<Object> {
    callable.peer(Twin::Python).map(|object| object.as_ptr().cast())
}

/// Called when the callable ends.
unsafe fn release(object: NonNull<()>) {
    let object = object.cast::<PyObject>();
    // SAFETY: whoever parked the object had the callable until then, so it is seen here, and
    // nobody else has a reference to a parked object.
    if unsafe { (*class::fields(object.as_ptr())).hold } == Retention::Parked {
        gil::drop_ref(object);
    }
}

/// Another reference for Python: the callable's own, if it has that.
///
/// # Safety
/// The instance is alive, the GIL is held, and from now on the callable is kept as `hold` says.
#[inline(always)]
unsafe fn share(api: &Api, object: Object, hold: Retention) {
    // SAFETY: the instance is alive, the GIL is held, and from now on the callable is kept as
    // `hold` says.
    unsafe {
        let place = &raw mut (*class::fields(object)).hold;
        if *place != Retention::Parked {
            api.incref(object);
        }
        if *place != Retention::Kept {
            *place = hold;
        }
    }
}

/// A reference to the Python object of a callable, which it keeps as long as Python keeps it.
pub fn keep(gil: &Gil, callable: Arc<Callable>) -> Result<PyRef> {
    let Some(object) = instance(&callable) else { return new(gil, callable) };
    // SAFETY: the GIL is held; the reference to the callable becomes the object's.
    unsafe {
        let kept = (*class::fields(object)).hold == Retention::Kept;
        share(gil.api, object, Retention::Kept);
        if !kept {
            let _ = Arc::into_raw(callable);
        }
        PyRef::owned(gil, object)
    }
}

fn new(gil: &Gil, callable: Arc<Callable>) -> Result<PyRef> {
    let numbers = HostNumbers::of(gil, &callable).map(Box::new);
    let object = with_vectorcall(gil, callable, call)?;
    // SAFETY: a new instance, under the GIL; an object is not NULL.
    unsafe {
        let fields = class::fields(object.as_ptr());
        if numbers.is_some() {
            (*fields).vectorcall = numbers::call;
            (*fields).numbers = numbers;
        } else if ValuesFunction::of((*(*fields).callable).function()).is_some() {
            (*fields).vectorcall = values::call;
        }
        let known = NonNull::new_unchecked(object.as_ptr()).cast();
        if (*(*fields).callable).set_peer(Twin::Python, known, release) {
            (*fields).hold = Retention::Kept;
            // It refers to nothing of Python's, and who parks it must know of every reference:
            // the garbage collector would show it to whoever asks for all objects.
            (gil.api.PyObject_GC_UnTrack)(object.as_ptr().cast());
        }
        Ok(object)
    }
}

/// An object of its own that keeps a callable, and is called by a function of the caller's.
pub fn with_vectorcall(
    gil: &Gil,
    callable: Arc<Callable>,
    vectorcall: Vectorcall,
) -> Result<PyRef> {
    let fields = CallableFields {
        vectorcall,
        callable: Arc::as_ptr(&callable),
        hold: Retention::Alone,
        numbers: None,
        function: ptr::null_mut(),
        declared: None,
        pointers: None,
    };
    let object = class::get(gil)?.instance(gil, fields)?;
    let _ = Arc::into_raw(callable);
    Ok(object)
}

/// A new reference to the Python object of a callable that it had before, until [`give_back`];
/// NULL if it had none.
///
/// # Safety
/// The caller has the callable pinned until it gives the object back; the GIL is held.
#[inline(always)]
pub unsafe fn share_peer(api: &Api, callable: &Callable) -> Object {
    let Some(object) = instance(callable) else { return ptr::null_mut() };
    // SAFETY: the caller has the callable pinned until it gives the object back; the GIL is held.
    unsafe { share(api, object, Retention::Lent) };
    object
}

/// Gives back a reference to an object that may be lent: if Python keeps that, it keeps the
/// callable.
///
/// # Safety
/// The reference is the caller's, and the GIL is held. A callable that was lent is still pinned.
#[inline(always)]
pub unsafe fn give_back(api: &Api, object: Object) {
    // SAFETY: the reference is the caller's, and the GIL is held. A callable that was lent is still
    // pinned; what was lent is at least parked, and so still there.
    unsafe {
        let fields = class::fields_if_instance(api, object);
        let Some(fields) = fields.filter(|fields| (**fields).hold == Retention::Lent) else {
            return api.decref(object);
        };
        if api.is_sole(object) {
            // The reference becomes the callable's.
            (*fields).hold = Retention::Parked;
            return;
        }
        api.decref(object);
        if (*fields).hold == Retention::Lent {
            Arc::increment_strong_count((*fields).callable);
            (*fields).hold = Retention::Kept;
        }
    }
}

/// The callable of an object, if it is of this type.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn callable(api: &Api, object: Object) -> Option<Arc<Callable>> {
    // SAFETY: `object` is alive, and the GIL is held; while Python has a reference, the callable
    // lives.
    unsafe {
        let callable: *const Callable = of_object(api, object)?;
        Arc::increment_strong_count(callable);
        Some(Arc::from_raw(callable))
    }
}

/// The callable of an object, if it is of this type, as long as the object lives.
///
/// # Safety
/// `object` outlives the result, and the GIL is held.
#[inline(always)]
pub unsafe fn of_object<'a>(api: &Api, object: Object) -> Option<&'a Callable> {
    // SAFETY: `object` outlives the result, and the GIL is held; while Python has a reference, the
    // callable lives.
    unsafe {
        class::fields_if_instance(api, object)?;
        class::callable(object)
    }
}

/// Whether an object is of this type.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn is_one(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class::fields_if_instance(api, object) }.is_some()
}

/// How arguments and returns of a host's callable are converted.
static RULES: ConversionRules = ConversionRules {
    bool_is_number: true,
    aliases: true,
    lists: false,
    other_counts: false,
    returned: Some("the callback's return"),
    fill: None,
    callables: None,
};

/// Calls the host.
unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let (scope, arguments) = (pin::enter(), VectorcallArguments::new(objects, count, names));
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    let (gil, outcome) = unsafe {
        let gil = Gil::assume(api);
        let outcome = match class::callable(object) {
            Some(callable) => {
                let keeps_lock = callable.keeps_lock();
                let options =
                    CallOptions { rules: &RULES, keeps_lock, tuple: false, host_call: None };
                call::call(&gil, &scope, callable.function(), arguments, options)
            }
            None => Err(Error::new(Status::InvalidHandle, "this callable was never filled in")),
        };
        (gil, outcome)
    };
    drop(scope);
    outcome.unwrap_or_else(|error| {
        error::raise(&gil, &error);
        ptr::null_mut()
    })
}

/// Called when Python has given up the last reference.
unsafe extern "C-unwind" fn deallocate(object: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with an instance, holding the GIL. Where the object keeps the
    // callable, that reference is given up here, once.
    unsafe {
        let fields = class::fields(object);
        // It has no references while other threads run.
        (api.PyObject_GC_UnTrack)(object.cast());
        made::give_up(api, fields);
        match (*fields).hold {
            Retention::Lent => return park(api, object, fields),
            Retention::Kept => {
                park(api, object, fields);
                let Some(last) = Arc::into_inner(Arc::from_raw((*fields).callable)) else { return };
                ((*fields).hold, (*fields).callable) = (Retention::Ended, ptr::null());
                end(api, last);
                // The reference that parking made.
                return api.decref(object);
            }
            Retention::Alone if !(*fields).callable.is_null() => {
                if let Some(last) = Arc::into_inner(Arc::from_raw((*fields).callable)) {
                    end(api, last);
                }
            }
            Retention::Alone | Retention::Parked | Retention::Ended => {}
        }
        class::destroy(api, object);
    }
}

/// Leaves the object to its callable, with a reference again.
#[inline(always)]
unsafe fn park(api: &Api, object: Object, fields: *mut CallableFields) {
    // SAFETY: the caller has an instance without references, under the GIL.
    unsafe {
        (api._Py_NewReference)(object);
        (*fields).hold = Retention::Parked;
    }
}

/// Drops the last reference to a callable. What frees the host's data may take its time, or call
/// Python on another thread.
unsafe fn end(api: &'static Api, callable: Callable) {
    // SAFETY: the caller holds the GIL.
    let gil = unsafe { Gil::assume(api) };
    gil::release(&gil, || drop(callable));
}
