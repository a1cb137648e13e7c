//! [`Refusal`]: an argument that is refused, of which nobody has asked yet what there is to say. It is
//! the only argument of the exception, and becomes its text and all else that is known of the failure
//! when somebody looks: an exception that is caught costs no text.

use std::ffi::c_void;
use std::ptr;

use crate::call::guarded;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::python::api::{Api, Object};
use crate::python::error::restore;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, TP_REPR, TP_STR};
use crate::python::support;

/// What an instance has: of an argument that refers to no other object, since the garbage collector
/// does not look here.
pub(in crate::host::python) struct Refusal {
    /// By a reference of its own, as is the argument.
    entity: Object,
    index: usize,
    argument: Object,
    explain: Explain,
    failure: Once<Error>,
}

/// Says why the argument at an index is refused by an entity, both of which are alive.
pub(in crate::host::python) type Explain = unsafe fn(&Gil, Object, usize, Object) -> Error;

static CLASS: Once<HeapType<Refusal>> = Once::new();

/// The type.
pub(in crate::host::python) fn class(gil: &Gil) -> Result<&'static HeapType<Refusal>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.libmetaffi.Refusal",
                doc: c"What an error says of an argument, once somebody asks.",
                flags: 0,
                slots: &[
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_STR, text as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: vec![],
                attributes: &[],
                offsets: &[],
            },
        )
    })
}

/// Raises the refusal of an argument; NULL.
///
/// # Safety
/// `entity` is one, whose parameter at `index` does not take the argument, which refers to no other
/// object; both are alive, and the GIL is held.
#[cold]
pub(in crate::host::python) unsafe fn raise(
    api: &'static Api,
    entity: Object,
    index: usize,
    argument: Object,
    explain: Explain,
) -> Object {
    // SAFETY: as the caller says.
    let gil = unsafe { Gil::assume(api) };
    let make = || {
        let fields = Refusal { entity, index, argument, explain, failure: Once::new() };
        let refusal = class(&gil)?.instance(&gil, fields)?;
        // SAFETY: what is alive, under the GIL; an instance has references of its own.
        unsafe {
            api.incref(entity);
            api.incref(argument);
            let (error, given) = (super::class(&gil), [refusal.as_ptr()]);
            let made = (api.vectorcall)(error, given.as_ptr(), 1, ptr::null_mut());
            refusal.release(&gil);
            PyRef::owned(&gil, made)
        }
    };
    match make() {
        Ok(exception) => restore(&gil, exception),
        Err(failure) => super::raise(&gil, &failure),
    }
    ptr::null_mut()
}

/// What is known of an exception that was raised for a refusal.
pub(super) fn of_exception(gil: &Gil, exception: &PyRef) -> Option<Error> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; the type of all exceptions has their arguments, and an item of
    // a tuple is there as long as it.
    unsafe {
        let base = PyRef::new_reference(gil, api.PyExc_RuntimeError);
        let read = base.attribute(gil, c"args").ok()?.attribute(gil, c"__get__").ok()?;
        let given = read.call1(gil, exception).ok()?;
        if (api.PyTuple_Size)(given.as_ptr()) != 1 {
            return None;
        }
        let first = (api.PyTuple_GetItem)(given.as_ptr(), 0);
        let class = CLASS.get().filter(|class| class.is(api, first))?;
        Some((*class.fields(first)).failure(gil))
    }
}

impl Refusal {
    /// The failure.
    fn failure(&self, gil: &Gil) -> Error {
        let failure = match self.failure.get() {
            Some(failure) => failure,
            // SAFETY: an entity and an argument of it, which are alive; the GIL is held. Python may run,
            // and come back here.
            None => self
                .failure
                .get_or_set(unsafe { (self.explain)(gil, self.entity, self.index, self.argument) }),
        };
        failure.clone()
    }
}

/// The text of an instance, as another function shows it; NULL with an exception set.
unsafe fn told(object: Object, show: impl FnOnce(&Gil, PyRef) -> Result<PyRef>) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return ptr::null_mut() };
    // SAFETY: Python calls with an instance, holding the GIL.
    let (gil, refusal) = unsafe { (Gil::assume(api), &*class.fields(object)) };
    let make = || show(&gil, support::text(&gil, refusal.failure(&gil).message())?);
    match guarded(make) {
        Ok(text) => text.into_ptr(),
        Err(failure) => {
            super::raise(&gil, &failure);
            ptr::null_mut()
        }
    }
}

unsafe extern "C-unwind" fn text(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { told(object, |_, text| Ok(text)) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL; a live str.
    unsafe { told(object, |gil, text| PyRef::owned(gil, (gil.api.PyObject_Repr)(text.as_ptr()))) }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance, which has two references.
    unsafe {
        let Refusal { entity, argument, .. } = *class.fields(object);
        class.destroy(api, object);
        api.decref(entity);
        api.decref(argument);
    }
}
